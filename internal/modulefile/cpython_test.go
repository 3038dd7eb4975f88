package modulefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCPython runs CPython's own tests of importing in a tree whose standard library
// is in a module file, tests included. The managed distribution has none, so it
// needs an interpreter of LLGO_PY_TEST_PYTHONS that has them.
func TestCPython(t *testing.T) {
	if os.Getenv("LLGO_PY_TEST_FULL") == "" {
		t.Skip("takes a minute: set LLGO_PY_TEST_FULL")
	}
	ran := false
	for _, dist := range interpreters(t) {
		if !exists(filepath.Join(dist.Stdlib, "test", "test_importlib")) {
			continue
		}
		ran = true
		t.Run(dist.Version, func(t *testing.T) {
			tree := newBundle(t, dist, true)
			tree.addModules(t, dist.Stdlib, tree.stdlib, func(rel string) bool {
				return stdlibModule(rel) || isTestModule(rel)
			})
			tree.addFiles(t, filepath.Join(dist.Stdlib, "test"), tree.stdlib+"/test")
			tree.finish(t)
			tree.run(t, absolute(t, "testdata/cpython.py"))
		})
	}
	if !ran {
		t.Skip("no interpreter in LLGO_PY_TEST_PYTHONS has the package test")
	}
}

func isTestModule(rel string) bool {
	return strings.HasPrefix(rel, "test/")
}
