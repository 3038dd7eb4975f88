//go:build linux && (amd64 || arm64)

package bundle

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// managedInput is the whole standard library of the managed CPython, as sources.
// The program is a copy of a command that everybody has.
func managedInput(t *testing.T) (Input, *pydist.Dist) {
	t.Helper()
	dist, err := pydist.Managed(context.Background(), progress.Discard, "")
	if err != nil {
		t.Fatal(err)
	}
	in := Input{
		Name: "my app", Exe: "/bin/true", Tool: "llgo-py test",
		Python: Python{
			Version: dist.Version, SOABI: dist.SOABI, Platform: dist.Platform,
			LibDir: dist.LibDirName(), SONAME: dist.SONAME, OS: runtime.GOOS, Arch: runtime.GOARCH,
		},
		LibPython: dist.LibPython,
	}
	err = filepath.WalkDir(dist.Stdlib, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || filepath.Ext(name) == ".pyc" {
			return err
		}
		rel, err := filepath.Rel(filepath.Dir(dist.Stdlib), name)
		in.Files = append(in.Files, File{Dest: "lib/" + filepath.ToSlash(rel), Source: name, Kind: kindOf(name)})
		return err
	})
	if err != nil || len(in.Files) < 500 {
		t.Fatalf("%d files of the standard library, %v", len(in.Files), err)
	}
	return in, dist
}

func kindOf(name string) Kind {
	switch filepath.Ext(name) {
	case ".py":
		return Source
	case ".so":
		return Extension
	}
	return Data
}

// TestManaged bundles the managed CPython, moves the tree and starts its
// interpreter there in an empty environment.
func TestManaged(t *testing.T) {
	in, dist := managedInput(t)
	built := filepath.Join(t.TempDir(), "built here")
	build(t, in, Options{Dir: built})
	if problems, err := Verify(context.Background(), built); err != nil || len(problems) > 0 {
		t.Fatalf("verify: %v, %v", problems, err)
	}
	hits, err := Scan(context.Background(), built, []string{built, dist.Prefix})
	if err != nil || len(hits) > 0 {
		t.Errorf("paths of this machine: %v, %v", hits, err)
	}
	moved, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	moved = filepath.Join(moved, "größe 3")
	if err := os.Rename(built, moved); err != nil {
		t.Fatal(err)
	}
	const code = `
import sys, ssl, sqlite3, ctypes, decimal, zoneinfo, multiprocessing, operator
if __name__ == '__main__':
    with multiprocessing.get_context('forkserver').Pool(2) as pool:
        print(pool.map(operator.neg, [1, 2]))
    print(sys.prefix, sys.executable, len(sys.path), ctypes.pythonapi.Py_IsInitialized())`
	cmd := exec.Command(filepath.Join(moved, "python", "bin", "python3"), "-I", "-B", "-c", code)
	cmd.Env, cmd.Dir = []string{}, "/"
	out, err := cmd.CombinedOutput()
	prefix := filepath.Join(moved, "python")
	want := "[-1, -2]\n" + prefix + " " + filepath.Join(prefix, "bin", "python3") + " "
	if err != nil || !strings.HasPrefix(string(out), want) || !strings.HasSuffix(string(out), " 1\n") {
		t.Errorf("%v: %s\nwant %s", err, out, want)
	}
}
