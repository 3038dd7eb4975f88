package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/version"
)

// versionCommand runs `llgo py version`: everything that a bug report needs.
func versionCommand(ctx context.Context, _ []string) int {
	fmt.Printf("%s\nplatform %s/%s, built with %s\nreal llgo: %s\nmanaged CPython: %s (default)\n",
		version.Build(), runtime.GOOS, runtime.GOARCH, runtime.Version(), realLLGo(ctx), pydist.Default)
	return exitOK
}

// realLLGo names the real llgo with its version and place, or what is wrong with it.
func realLLGo(ctx context.Context) string {
	_, note, err := compiler.Select(ctx, compiler.LLGo, os.Environ(), compiler.FindLLGo)
	switch {
	case errors.Is(err, compiler.ErrNoLLGo):
		return "not installed"
	case err != nil:
		return err.Error()
	}
	return strings.TrimPrefix(note, "compiler llgo ")
}
