package pydist

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
)

// The tests need real distributions. They use the cache that LLGO_PY_CACHE names
// and otherwise one of their own, so that a user's cache is never touched.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		for _, entry := range os.Environ() {
			if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "PYTHON") {
				os.Unsetenv(name)
			}
		}
		if os.Getenv(cachedir.EnvRoot) == "" {
			scratch, err := os.MkdirTemp("", "pydist-test-")
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
