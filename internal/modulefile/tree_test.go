package modulefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylauncher"
)

// A testTree is a bundle's python/ around an interpreter's own library, with a
// module file for the standard library and what tests add.
type testTree struct {
	dist    *pydist.Dist
	root    string // python/
	stdlib  string // lib/python3.X
	sources bool

	jobs []helper.CompileJob
	in   Input
}

func newBundle(t *testing.T, dist *pydist.Dist, sources bool) *testTree {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tree := &testTree{dist: dist, root: filepath.Join(dir, "a größe", "python"), stdlib: "lib/" + dist.LibDirName(), sources: sources}
	tree.in.Stdlib = tree.stdlib
	launcher, err := pylauncher.Generate(pylauncher.Spec{OS: runtime.GOOS, Arch: runtime.GOARCH, SONAME: dist.SONAME})
	if err != nil {
		t.Skip(err)
	}
	tree.write(t, "bin/python3", launcher)
	if err := os.Chmod(tree.path("bin/python3"), 0o755); err != nil {
		t.Fatal(err)
	}
	tree.write(t, tree.stdlib+"/site-packages/sample-1.5.dist-info/METADATA", []byte("Metadata-Version: 2.1\nName: sample\nVersion: 1.5\n"))
	if sources {
		tree.write(t, tree.stdlib+"/with-sources", nil)
	}
	library, err := os.ReadFile(dist.LibPython) // no link: getpath would follow it home
	if err != nil {
		t.Fatal(err)
	}
	tree.write(t, "lib/"+dist.SONAME, library)
	if dynload := filepath.Join(dist.PlatStdlib, "lib-dynload"); exists(dynload) {
		tree.link(t, dynload, tree.stdlib+"/lib-dynload")
		tree.eachFile(t, dynload, func(rel string) { tree.in.Files = append(tree.in.Files, tree.stdlib+"/lib-dynload/"+rel) })
	} else if err := os.Mkdir(tree.path(tree.stdlib+"/lib-dynload"), 0o755); err != nil {
		t.Fatal(err)
	}
	return tree
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (tree *testTree) path(dest string) string {
	return filepath.Join(tree.root, filepath.FromSlash(dest))
}

func (tree *testTree) write(t *testing.T, dest string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(tree.path(dest)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(tree.path(dest), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (tree *testTree) link(t *testing.T, target, dest string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(tree.path(dest)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, tree.path(dest)); err != nil {
		t.Fatal(err)
	}
}

func (tree *testTree) eachFile(t *testing.T, dir string, f func(rel string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			f(filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// addModules puts the modules of a directory into the module file, as they would
// lie below dest, and copies what is no module. With keep a directory is left out.
func (tree *testTree) addModules(t *testing.T, dir, dest string, keep func(rel string) bool) {
	t.Helper()
	tree.eachFile(t, dir, func(rel string) {
		switch {
		case !keep(rel):
		case strings.HasSuffix(rel, ".py"):
			tree.add(t, filepath.Join(dir, rel), dest+"/"+rel+"c")
		case !strings.Contains(rel, "__pycache__") && !strings.HasSuffix(rel, ".so"):
			data, err := os.ReadFile(filepath.Join(dir, rel))
			if err != nil {
				t.Fatal(err)
			}
			tree.write(t, dest+"/"+rel, data)
		}
	})
}

// addFiles copies importable files that stay files.
func (tree *testTree) addFiles(t *testing.T, dir, dest string) {
	t.Helper()
	tree.eachFile(t, dir, func(rel string) {
		data, err := os.ReadFile(filepath.Join(dir, rel))
		if err != nil {
			t.Fatal(err)
		}
		tree.write(t, dest+"/"+rel, data)
		if strings.HasSuffix(rel, ".py") {
			tree.in.Files = append(tree.in.Files, dest+"/"+rel)
		}
	})
}

func (tree *testTree) add(_ *testing.T, source, dest string) {
	m := Module{Dest: dest, Bytecode: filepath.Join(tree.work(), strconv.Itoa(len(tree.jobs))+".pyc")}
	if tree.sources {
		m.Source = source
	}
	tree.jobs = append(tree.jobs, helper.CompileJob{Source: source, Name: strings.TrimSuffix(dest, "c"), Output: m.Bytecode})
	tree.in.Modules = append(tree.in.Modules, m)
}

func (tree *testTree) work() string { return filepath.Dir(filepath.Dir(tree.root)) }

// finish compiles everything and writes the module file.
func (tree *testTree) finish(t *testing.T) []Placed {
	t.Helper()
	boot := map[string]*string{
		"../../pyhelper/mapped/start.py": &tree.in.Start, "../../pyhelper/mapped/finder.py": &tree.in.Finder,
		"../bootstrap/handlers.py": &tree.in.Handlers, "../bootstrap/settings/end.py": &tree.in.End,
	}
	for source, pyc := range boot {
		*pyc = filepath.Join(tree.work(), filepath.Base(source)+"c")
		name := "<llgo>/" + filepath.Base(source)
		if pyc == &tree.in.Finder {
			name = "<frozen importlib._bootstrap_external>" // as in programs: see internal/assemble
		}
		tree.jobs = append(tree.jobs, helper.CompileJob{Source: absolute(t, source), Name: name, Output: *pyc})
	}
	tree.add(t, absolute(t, "../../pyhelper/mapped/resources.py"), tree.stdlib+"/_llgo_resources.pyc")
	h, err := helper.Open(t.Context(), progress.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Compile(t.Context(), tree.dist, helper.CompileRequest{Jobs: tree.jobs}); err != nil {
		t.Fatal(err)
	}
	tree.dropFailed()
	placed, err := Write(tree.path(tree.stdlib+"/"+modules.Name), tree.in)
	if err != nil {
		t.Fatal(err)
	}
	start, err := os.ReadFile(tree.in.Start)
	if err != nil {
		t.Fatal(err)
	}
	tree.write(t, tree.stdlib+"/encodings/__init__.pyc", start)
	tree.write(t, tree.stdlib+"/os.pyc", nil) // a mark for getpath; os is in the module file
	return placed
}

// dropFailed leaves out what is not meant to compile: test data, templates.
func (tree *testTree) dropFailed() {
	tree.in.Modules = slices.DeleteFunc(tree.in.Modules, func(m Module) bool { return !exists(m.Bytecode) })
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}
