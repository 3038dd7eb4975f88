package cli

import (
	"context"
	"fmt"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/version"
)

// versionCommand runs `llgo py version`: everything that a bug report needs.
func versionCommand(context.Context, []string) int {
	llgo, err := compiler.FindLLGo()
	if err != nil {
		llgo = "not installed"
	}
	fmt.Printf("%s\nplatform %s/%s, built with %s\nreal llgo: %s\nmanaged CPython: %s (default)\n",
		version.Build(), runtime.GOOS, runtime.GOARCH, runtime.Version(), llgo, pydist.Default)
	return exitOK
}
