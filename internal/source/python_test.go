package source

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// pythons are the interpreters to test with: the managed one and, with scripts/test
// --full, the user's.
func pythons(t *testing.T) []string {
	t.Helper()
	names := []string{"python@" + pydist.Default}
	if os.Getenv("LLGO_PY_TEST_FULL") == "" {
		return names
	}
	for i, path := range filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS")) {
		if i > 0 { // the first is the managed one
			names = append(names, path)
		}
	}
	return names
}

// TestPython: a copy of the entry's files alone is an interpreter that finds its
// standard library, extension modules included, where it is.
func TestPython(t *testing.T) {
	for _, name := range pythons(t) {
		t.Run(filepath.Base(filepath.Dir(filepath.Dir(name))), func(t *testing.T) {
			s := openStore(t)
			entries := added(t, s, name, Options{})
			if len(entries) != 1 || entries[0].Kind != store.KindPython {
				t.Fatalf("entries %v", entries)
			}
			e := entries[0]
			lib := PythonOf(e)
			if !strings.HasPrefix(lib, "python3.") || !strings.HasPrefix(e.Version, strings.TrimPrefix(lib, "python")) {
				t.Errorf("%s %s is %q", e.Name, e.Version, lib)
			}
			for _, f := range e.Files {
				if strings.Contains(f.Path, "__pycache__") || strings.Contains(f.Path, "site-packages/") {
					t.Fatalf("it has %s", f.Path)
				}
			}
			home := filepath.Join(t.TempDir(), "copy")
			if out, err := exec.Command("cp", "-a", filepath.Join(s.Tree(e), PythonDir), home).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			cmd := exec.Command(filepath.Join(home, "bin", "python3"), "-I", "-B", "-c",
				"import sys, os, ctypes, sqlite3, ssl, json; print(sys.prefix, sys.exec_prefix, os.__file__, sep='\\n')\n"+
					"print(*(line.split()[-1] for line in open('/proc/self/maps') if 'libpython' in line))")
			cmd.Env = []string{}
			out, err := cmd.CombinedOutput()
			lines := strings.Split(string(out), "\n")
			if err != nil || lines[0] != home || lines[1] != home || lines[2] != filepath.Join(home, "lib", lib, "os.py") {
				t.Errorf("%v: %s", err, out)
			}
			for _, path := range strings.Fields(strings.Join(lines[3:], " ")) {
				if !strings.HasPrefix(path, home+"/") {
					t.Errorf("it has loaded %s", path)
				}
			}
		})
	}
}

func TestNoPython(t *testing.T) {
	src, err := Open("python@2.7", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Drafts(t.Context()); err == nil || !strings.Contains(err.Error(), "python@2.7") {
		t.Errorf("got %v", err)
	}
}
