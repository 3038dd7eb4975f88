// Package cachetest runs tests that need the cache.
package cachetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
)

// Main is TestMain for packages whose tests run real interpreters and tools. They use
// the cache that LLGO_PY_CACHE names and otherwise one that is removed, so that a user's
// is never touched, and none of the shell's PYTHON* variables.
func Main(m *testing.M) {
	os.Exit(func() int {
		for _, entry := range os.Environ() {
			if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "PYTHON") {
				os.Unsetenv(name)
			}
		}
		if os.Getenv(cachedir.EnvRoot) == "" {
			scratch, err := os.MkdirTemp("", "cache-test-")
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			defer os.RemoveAll(scratch)
			os.Setenv(cachedir.EnvRoot, filepath.Join(scratch, "cache"))
		}
		return m.Run()
	}())
}
