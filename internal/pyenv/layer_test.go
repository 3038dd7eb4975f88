package pyenv

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

// home is a store and environments, with the managed CPython in the store.
type home struct {
	*env.Set
	store  *store.Store
	dir    string
	python *store.Entry
}

func newHome(t *testing.T) *home {
	t.Helper()
	h := &home{dir: filepath.Join(t.TempDir(), "data")}
	var err error
	if h.store, err = store.Open(h.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = h.store.Close()
		_ = readonly.Remove(h.dir)
	})
	tools, err := helper.Open(t.Context(), progress.Discard)
	if err != nil {
		t.Fatal(err)
	}
	h.Set = env.Open(h.dir, h.store, Options(h.store, func(context.Context) (*helper.Helper, error) { return tools, nil })...)
	h.python = h.add(t, "python@"+pydist.Default)
	return h
}

func (h *home) add(t *testing.T, name string) *store.Entry {
	t.Helper()
	src, err := source.Open(name, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	drafts, err := src.Drafts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.store.Add(t.Context(), drafts[0])
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (h *home) wheel(t *testing.T, w wheeltest.Wheel) *store.Entry {
	t.Helper()
	path := filepath.Join(t.TempDir(), w.FileName())
	if err := os.WriteFile(path, w.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return h.add(t, path)
}

func (h *home) create(t *testing.T, name string, entries ...*store.Entry) error {
	t.Helper()
	spec := env.Spec{}
	for _, e := range entries {
		spec.Wanted = append(spec.Wanted, env.Wanted{Request: e.Name, Entry: e.ID()})
	}
	_, err := h.Create(t.Context(), name, "create", spec)
	return err
}

// run starts a program of an environment with nothing but a PATH for the shell.
func run(t *testing.T, program string, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir = []string{"PATH=/usr/bin:/bin"}, t.TempDir()
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if e := cmd.Run(); e != nil {
		t.Errorf("%s: %v: %s", cmd, e, err.String())
	}
	return strings.TrimSpace(out.String()), err.String()
}

// TestEnvironments is one test, because a CPython in a store takes its time.
func TestEnvironments(t *testing.T) {
	h := newHome(t)
	lib := wheeltest.Wheel{Name: "lib", Version: "1.0", Files: map[string]string{
		"lib/__init__.py":                      "from lib.inner import version\ndef main(): print('lib', version)\n",
		"lib/inner.py":                         "version = 1\n",
		"lib/broken.py":                        "def (\n",
		"lib-1.0.dist-info/entry_points.txt":   "[console_scripts]\nlibrun = lib:main\n",
		"lib-1.0.data/data/share/man/man1/l.1": "man\n",
	}}
	two := wheeltest.Wheel{Name: "lib", Version: "2.0", Files: map[string]string{
		"lib/__init__.py": lib.Files["lib/__init__.py"], "lib/inner.py": "version = 2\n",
		"lib-2.0.dist-info/entry_points.txt": "[console_scripts]\nlibrun = lib:main\n",
	}}
	user := wheeltest.Wheel{Name: "user", Version: "1", Requires: []string{"lib>=2"}}
	one, newer, needs := h.wheel(t, lib), h.wheel(t, two), h.wheel(t, user)
	for name, entries := range map[string][]*store.Entry{"first": {h.python, one}, "second": {h.python, newer, needs}} {
		if err := h.create(t, name, entries...); err != nil {
			t.Fatal(err)
		}
	}
	first, second := h.Home("first"), h.Home("second")

	t.Run("editable", func(t *testing.T) {
		dir := t.TempDir()
		module := filepath.Join(dir, "src", "edited", "__init__.py")
		write := func(text string) {
			t.Helper()
			if err := errors.Join(os.MkdirAll(filepath.Dir(module), 0o755), os.WriteFile(module, []byte(text), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		write("print('one')")
		spec := env.Spec{Wanted: []env.Wanted{{Request: "python", Entry: h.python.ID()}}, Sources: []env.Source{{Name: "mine", Dir: dir}}}
		if _, err := h.Create(t.Context(), "work", "workspace", spec); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"one", "another"} {
			write("print('" + want + "')")
			if got, _ := run(t, filepath.Join(h.Home("work"), "bin", "python3"), "-B", "-c", "import edited"); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	})
	t.Run("several versions", func(t *testing.T) {
		for dir, want := range map[string]string{first: "lib 1", second: "lib 2"} {
			for _, script := range []string{"bin/librun", "python3.14/bin/librun"} {
				if got, _ := run(t, filepath.Join(dir, script)); got != want {
					t.Errorf("%s of %s: %q", script, dir, got)
				}
			}
		}
	})
	t.Run("sys", func(t *testing.T) {
		const code = "import sys, site, sysconfig, lib, json\n" +
			"print(sys.prefix, sys.exec_prefix, sys.base_prefix, sysconfig.get_path('scripts') == sys.prefix + '/bin',\n" +
			" lib.__file__ == sys.prefix + '/lib/python3.14/site-packages/lib/__init__.py', json.__cached__ == json.__spec__.cached)"
		want, err := filepath.EvalSymlinks(filepath.Join(first, "python3.14"))
		if err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(first, "python3.14")
		for _, python := range []string{"bin/python3", "bin/python", "python3.14/bin/python3.14"} {
			got, stderr := run(t, filepath.Join(first, python), "-c", code)
			if prefix, rest, _ := strings.Cut(got, " "); prefix != want && prefix != link || stderr != "" || rest != prefix+" "+prefix+" True True True" {
				t.Errorf("%s: %q, %s", python, got, stderr)
			}
		}
	})
	t.Run("byte code", func(t *testing.T) { h.checkBytecode(t, first, second) })
	t.Run("metadata", func(t *testing.T) {
		got, _ := run(t, filepath.Join(first, "bin/python3"), "-c", "import importlib.metadata as m; d = m.distribution('lib')\n"+
			"print(d.version, all(f.locate().exists() for f in d.files), sorted(str(f) for f in d.files if 'bin' in str(f)), d.read_text('INSTALLER'))")
		if got != "1.0 True ['../../../bin/librun'] llgo-py" {
			t.Errorf("got %s", got)
		}
		if _, err := os.Stat(filepath.Join(first, "share/man/man1/l.1")); err != nil {
			t.Error(err)
		}
	})
	t.Run("by hand", func(t *testing.T) { h.checkByHand(t, one) })
	t.Run("session", func(t *testing.T) { h.checkSession(t, first) })
	t.Run("installers", func(t *testing.T) { checkInstallers(t, first) })
	t.Run("refused", func(t *testing.T) { h.checkRefused(t, one, needs) })
	t.Run("gc", func(t *testing.T) { h.checkGC(t, first, second) })
}

// checkBytecode: Python loads what is there and writes nothing; equal modules share
// their byte code.
func (h *home) checkBytecode(t *testing.T, first, second string) {
	site := "python3.14/lib/python3.14/site-packages/lib/__pycache__/"
	info := func(path string) os.FileInfo {
		i, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	if a, b := info(filepath.Join(first, site, "__init__.cpython-314.pyc")), info(filepath.Join(second, site, "__init__.cpython-314.pyc")); !os.SameFile(a, b) {
		t.Error("equal modules have two byte codes")
	}
	if a, b := info(filepath.Join(first, site, "inner.cpython-314.pyc")), info(filepath.Join(second, site, "inner.cpython-314.pyc")); os.SameFile(a, b) {
		t.Error("different modules have one byte code")
	}
	before := listing(t, h.dir)
	_, stderr := run(t, filepath.Join(first, "bin/python3"), "-v", "-c", "import lib, json, logging, email.message")
	for _, name := range []string{"lib/__pycache__/inner.cpython-314.pyc", "email/__pycache__/message.cpython-314.pyc"} {
		if !strings.Contains(stderr, name+"'\n") || strings.Contains(stderr, "# wrote") {
			t.Errorf("%s was not loaded, or something was written:\n%s", name, stderr)
		}
	}
	const where = "import lib.inner\ntry: lib.inner.x()\nexcept AttributeError: pass\nprint(lib.main.__code__.co_filename == lib.__file__)"
	if got, _ := run(t, filepath.Join(first, "bin/python3"), "-c", where); got != "True" {
		t.Errorf("the code's file is another: %s", got)
	}
	if after := listing(t, h.dir); after != before {
		t.Error("running Python has changed the store or the environment")
	}
}

// listing names everything below a directory.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var names strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		names.WriteString(name + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names.String()
}

// checkByHand takes the steps of the README.
func (h *home) checkByHand(t *testing.T, dist *store.Entry) {
	if runtime.GOOS != "linux" {
		t.Skip("the options of cp are GNU's")
	}
	py := filepath.Join(h.dir, "py") // where hard links reach the store
	for _, step := range [][]string{
		{filepath.Join(h.store.Tree(h.python), "python"), py},
		{filepath.Join(h.store.Tree(dist), "site-packages"), filepath.Join(py, "lib", "python3.14")},
	} {
		if out, err := exec.Command("cp", "-al", "--no-preserve=mode", step[0], step[1]).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	got, _ := run(t, filepath.Join(py, "bin", "python3"), "-c", "import lib, sys; lib.main(); print(sys.prefix)")
	if got != "lib 1\n"+py {
		t.Errorf("got %q", got)
	}
	if info, err := os.Stat(filepath.Join(py, "lib", "python3.14")); err != nil || info.Mode().Perm()&0o200 == 0 {
		t.Errorf("the directories are not the user's: %v, %v", info, err)
	}
	if err := os.RemoveAll(py); err != nil {
		t.Fatal(err)
	}
}

// checkSession: a library that ctypes loads from the environment is known by its entry.
func (h *home) checkSession(t *testing.T, first string) {
	current, err := h.Current("first")
	if err != nil {
		t.Fatal(err)
	}
	dist, err := pydist.FromInterpreter(t.Context(), filepath.Join(first, "python3.14"))
	if err != nil {
		t.Fatal(err)
	}
	s := Session{Code: []string{"import _tkinter, ctypes, os, sys", "ctypes.CDLL(sys.prefix + '/lib/libpython3.14.so.1.0')"}, Stderr: os.Stderr}
	loaded, err := s.Run(t.Context(), dist)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Origins(h.store, first, current.IDs(), loaded)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Library{}
	for _, l := range all {
		found[l.SONAME] = l
	}
	if l := found["libpython3.14.so.1.0"]; l.How != "ctypes" || l.Entry != h.python.ID() || l.Path != "python/lib/libpython3.14.so.1.0" || l.Place != InEnvironment {
		t.Errorf("libpython: %+v", l)
	}
	if l := found["libtcl9.0.so"]; l.How != "needed" || l.Entry != h.python.ID() || l.Place != InEnvironment {
		t.Errorf("libtcl: %+v", l)
	}
	if l := found["libc.so.6"]; l.Place != OfSystem || l.Entry != "" {
		t.Errorf("libc: %+v", l)
	}
}

// checkInstallers: pip, which a virtual environment on top of it has, leaves the
// environment alone; what is called pip in it says what to do.
func checkInstallers(t *testing.T, first string) {
	dist, err := pydist.Managed(t.Context(), progress.Discard, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{filepath.Join(first, "bin/python3"), filepath.Join(dist.Pip, "pip", "__main__.py"), "install", "--no-index", "x"},
		{filepath.Join(first, "python3.14/bin/pip"), "install", "x"},
	} {
		out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "llgo py env install ENV 'PACKAGE") {
			t.Errorf("%q: %v: %s", args, err, out)
		}
	}
}

// checkRefused: one line each, and no environment.
func (h *home) checkRefused(t *testing.T, one, needs *store.Entry) {
	old := h.wheel(t, wheeltest.Wheel{Name: "nat", Version: "1", Tag: "cp311-cp311-manylinux_2_17_x86_64"})
	for name, test := range map[string]struct {
		entries []*store.Entry
		want    string
	}{
		"no interpreter":      {[]*store.Entry{one}, "lib,1.0"},
		"another version":     {[]*store.Entry{h.python, one, needs}, "the package `user` requires `lib>=2`, but `1.0` is installed"},
		"missing":             {[]*store.Entry{h.python, needs}, "the package `user` requires `lib>=2`, but it's not installed"},
		"another interpreter": {[]*store.Entry{h.python, old}, "is for cp311-cp311-manylinux_2_17_x86_64, and python,3.14"},
	} {
		err := h.create(t, "refused", test.entries...)
		var hinted interface{ Hint() string }
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || !errors.As(err, &hinted) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := h.Current("refused"); err == nil {
			t.Errorf("%s: there is an environment", name)
		}
	}
}

// checkGC: what the first environment alone used goes with it, and the second works.
func (h *home) checkGC(t *testing.T, first, second string) {
	if err := h.Delete(t.Context(), "first"); err != nil {
		t.Fatal(err)
	}
	_ = h.store.Close() // which keeps what this process has added
	if _, err := h.store.GC(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	entries, err := h.store.Heads()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name+","+e.Version)
	}
	python := ",3.14." + strings.Split(h.python.Version, ".")[2]
	want := "lib,2.0 lib.cpython-314,2.0 python" + python + " python.cpython-314" + python + " user,1 user.cpython-314,1"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("gc has left %s, want %s", got, want)
	}
	if got, _ := run(t, filepath.Join(second, "bin/librun")); got != "lib 2" {
		t.Errorf("got %q", got)
	}
}

func TestModulesIn(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ file, want string }{
		{"main.go", ""}, {"src/main.go", ""}, {"data/x.py", ""}, {"pkg/__init__.py", "."}, {"src/tool.py", "src"},
	} {
		path := filepath.Join(dir, filepath.FromSlash(test.file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
		want := test.want
		if want != "" {
			want = filepath.Join(dir, want)
		}
		if got := modulesIn(dir); got != want {
			t.Errorf("with %s: %q, want %q", test.file, got, want)
		}
	}
}
