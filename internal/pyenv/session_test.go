package pyenv

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/trace"
)

// withNumpy is a virtual environment with numpy (scripts/test makes it).
func withNumpy(t *testing.T) *pydist.Dist {
	t.Helper()
	python := os.Getenv("LLGO_PY_TEST_NUMPY")
	if python == "" {
		t.Skip("LLGO_PY_TEST_NUMPY is not set: scripts/test does it")
	}
	if runtime.GOOS != "linux" {
		t.Skip("loaded libraries are seen on Linux")
	}
	dist, err := pydist.FromInterpreter(context.Background(), python)
	if err != nil {
		t.Fatal(err)
	}
	return dist
}

func loadedBy(t *testing.T, dist *pydist.Dist, code ...string) (found []trace.Loaded, stderr string, err error) {
	t.Helper()
	var out bytes.Buffer
	s := Session{Code: code, Stderr: &out}
	found, err = s.Run(context.Background(), dist)
	return found, out.String(), err
}

func has(found []trace.Loaded, name string, how trace.How) bool {
	return slices.ContainsFunc(found, func(l trace.Loaded) bool {
		return strings.Contains(filepath.Base(l.File), name) && l.How == how
	})
}

func TestSession(t *testing.T) {
	dist := withNumpy(t)
	for name, code := range map[string][]string{
		"modules":    {"numpy.linalg", "ctypes"},
		"statements": {"import numpy", "numpy.linalg.inv([[2.0]])"},
		"everything": nil,
	} {
		found, stderr, err := loadedBy(t, dist, code...)
		if err != nil {
			t.Errorf("%s: %v %s", name, err, stderr)
		}
		if !has(found, "_multiarray_umath", trace.Extension) || !has(found, "openblas", trace.Needed) || !has(found, "libc.so", trace.Needed) {
			t.Errorf("%s: found %+v", name, found)
		}
	}
}

func TestSessionFails(t *testing.T) {
	dist := withNumpy(t)
	found, stderr, err := loadedBy(t, dist, "no_such_module", "_ctypes")
	var failed *FailedError
	if !errors.As(err, &failed) || failed.Code != 1 || !strings.Contains(stderr, "no_such_module: ModuleNotFoundError") {
		t.Errorf("%v: %s", err, stderr)
	}
	if !has(found, "libc.so", trace.Needed) {
		t.Errorf("found %+v", found)
	}
}
