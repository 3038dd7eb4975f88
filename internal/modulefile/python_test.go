package modulefile

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// interpreters are the managed CPython and those of LLGO_PY_TEST_PYTHONS.
func interpreters(t *testing.T) []*pydist.Dist {
	t.Helper()
	managed, err := pydist.Managed(context.Background(), progress.Discard, pydist.Default)
	if err != nil {
		t.Fatal(err)
	}
	all := []*pydist.Dist{managed}
	for _, python := range filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS")) {
		dist, err := pydist.FromInterpreter(context.Background(), python)
		if err != nil {
			t.Fatal(err)
		}
		if dist.Version != managed.Version {
			all = append(all, dist)
		}
	}
	return all
}

// stdlibModule leaves out what no test imports: it takes half of the time.
func stdlibModule(rel string) bool {
	top, _, _ := strings.Cut(rel, "/")
	switch top {
	case "test", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "site-packages", "lib-dynload", "pydoc_data":
		return false
	}
	return !strings.Contains(rel, "/tests/") && !strings.HasPrefix(top, "config-")
}

func everything(string) bool { return true }

// TestPromises runs testdata/checks.py in a tree with a module file, for every
// interpreter, with and without sources (all combinations with LLGO_PY_TEST_FULL).
func TestPromises(t *testing.T) {
	for _, dist := range interpreters(t) {
		for _, sources := range []bool{false, true} {
			if !sources && !dist.Managed && os.Getenv("LLGO_PY_TEST_FULL") == "" {
				continue
			}
			name := dist.Version
			if sources {
				name += " with sources"
			}
			t.Run(name, func(t *testing.T) {
				tree := newBundle(t, dist, sources)
				tree.addModules(t, dist.Stdlib, tree.stdlib, stdlibModule)
				tree.addModules(t, absolute(t, "testdata/modules"), tree.stdlib+"/site-packages", everything)
				tree.addFiles(t, "testdata/files", tree.stdlib+"/site-packages")
				tree.finish(t)
				tree.run(t, absolute(t, "testdata/checks.py"))
			})
		}
	}
}

// run starts the tree's interpreter with an empty environment and wants success.
func (tree *testTree) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tree.path("bin/python3"), args...)
	cmd.Dir, cmd.Env = t.TempDir(), []string{"PATH=/usr/bin:/bin", "HOME=/nonexistent", "PYTHONDONTWRITEBYTECODE=1"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}
