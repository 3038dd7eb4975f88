package assemble

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// platforms are where a Go program can start Python: those that the bootstrap
// has a call path for and that managed CPython exists for.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64"}

// checkPlatform refuses a GOOS and GOARCH that nothing can be packaged for, or
// not on this machine: analysis runs the target's own interpreter.
func checkPlatform(ctx context.Context, env []string) error {
	names, err := gosource.Env(ctx, env, "GOOS", "GOARCH")
	if err != nil {
		return err
	}
	target := strings.Join(names, "/")
	host := runtime.GOOS + "/" + runtime.GOARCH
	switch {
	case !slices.Contains(platforms, target):
		return fmt.Errorf("programs that call Python cannot be built for %s: supported are %s", target, strings.Join(platforms, ", "))
	case target != host:
		return fmt.Errorf("a program for %s must be packaged on such a machine: this one is %s", target, host)
	}
	return nil
}
