package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The apps run with every interpreter at hand, packaged and sealed off from it. Without
// LLGO_PY_TEST_FULL, two of them with the oldest: the other tests have the newest.
func TestInterpreters(t *testing.T) {
	t.Parallel()
	pythons := filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS"))
	if len(pythons) == 0 {
		t.Skip("LLGO_PY_TEST_PYTHONS is not set: scripts/test sets it")
	}
	apps := []string{"stdlib", "own", "goroutines"}
	if !full() {
		pythons, apps = pythons[len(pythons)-1:], apps[:2]
	}
	for _, python := range pythons {
		t.Run(python, func(t *testing.T) {
			t.Parallel()
			for _, name := range apps {
				src := copyApp(t, name)
				build(t, src, "--py-onedir", "--py-python", python, "-o", "out/"+name)
				r := sealed(t, filepath.Join(src, "out", name), nil, filepath.Dir(filepath.Dir(python)))
				if r.code != 0 || r.stdout != expected(t, name) || r.stderr != "" {
					t.Errorf("%s: %v\nwant:\n%s", name, r, expected(t, name))
				}
			}
		})
	}
}

// A venv of the user's is packaged with what is installed in it, and nothing is
// installed besides, whatever lies beside go.mod.
func TestVenv(t *testing.T) {
	t.Parallel()
	numpy := os.Getenv("LLGO_PY_TEST_NUMPY")
	if numpy == "" {
		t.Skip("LLGO_PY_TEST_NUMPY is not set: scripts/test sets it")
	}
	src := copyApp(t, "matrix")
	if err := os.WriteFile(filepath.Join(src, "requirements.txt"), []byte("no-such-distribution-anywhere==1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	build(t, src, "--py-onedir", "--py-python", filepath.Dir(filepath.Dir(numpy)), "-o", "out/matrix")
	r := sealed(t, filepath.Join(src, "out", "matrix"), nil, filepath.Dir(filepath.Dir(numpy)))
	if r.code != 0 || r.stdout != expected(t, "matrix") {
		t.Errorf("%v", r)
	}
}

// Requirements come from the command line and from a pyproject.toml beside go.mod.
func TestRequirements(t *testing.T) {
	t.Parallel()
	const main = `package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str("import six, importlib.metadata\nprint(six.__name__, importlib.metadata.version('six'))"))
}
`
	for _, test := range []struct {
		name, file, content string
		args                []string
	}{
		{name: "flag", args: []string{"--py-requirement", "six==1.16.0"}},
		{name: "pyproject", file: "pyproject.toml", content: "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\"six==1.16.0\"]\n"},
		{name: "requirements", file: "requirements.txt", content: "six==1.16.0\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := write(t, main)
			if test.file != "" {
				if err := os.WriteFile(filepath.Join(src, test.file), []byte(test.content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			build(t, src, append([]string{"--py-onedir", "-o", "out/app"}, test.args...)...)
			if r := sealed(t, filepath.Join(moveOut(t, src), "app"), nil, src); r.stdout != "six 1.16.0\n" || r.code != 0 {
				t.Errorf("%v", r)
			}
		})
	}
}

// A distribution's data files and entry points are found where the library looks for them.
func TestDataOfDistributions(t *testing.T) {
	t.Parallel()
	src := write(t, strings.Replace(program(t, "hello"), "import sys\\nprint('hello from Python', sys.version_info[0])",
		"import certifi, ssl\\nssl.create_default_context(cafile=certifi.where())\\nprint('ok')", 1))
	build(t, src, "--py-onedir", "--py-requirement", "certifi", "-o", "out/app")
	if r := sealed(t, filepath.Join(moveOut(t, src), "app"), nil, src); r.stdout != "ok\n" || r.code != 0 {
		t.Errorf("%v", r)
	}
}

// Without python/bin the program itself still runs.
func TestNoInterpreter(t *testing.T) {
	t.Parallel()
	src := copyApp(t, "hello")
	build(t, src, "--py-onedir", "--py-no-interpreter", "-o", "out/hello")
	if _, err := os.Stat(filepath.Join(src, "out", "python", "bin")); err == nil {
		t.Error("python/bin is there")
	}
	if r := sealed(t, filepath.Join(moveOut(t, src), "hello"), nil, src); r.stdout != expected(t, "hello") || r.code != 0 {
		t.Errorf("%v", r)
	}
}

// The packaged interpreter is a whole one: -c, -m, -I, exit codes, isolation from PYTHONHOME.
func TestPackagedInterpreter(t *testing.T) {
	t.Parallel()
	python := filepath.Join(packaged(t, "stdlib"), "python", "bin", "python3")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"-c", "import sys, json; print(json.dumps(sys.version_info[0]))"}, "3\n"},
		{[]string{"-I", "-c", "import os, sys; print(os.path.basename(sys.prefix))"}, "python\n"},
		{[]string{"-m", "site"}, "sys.path = ["},
	} {
		cmd := exec.Command(python, test.args...)
		cmd.Env = []string{"PYTHONHOME=/nonexistent"}
		if r := start(t, cmd); r.code != 0 || !strings.HasPrefix(r.stdout, test.want) {
			t.Errorf("%q: %v", test.args, r)
		}
	}
}

// A library that is found and opened by its name is the package's own, also where
// the machine has one.
func TestLibraryOpenedByName(t *testing.T) {
	t.Parallel()
	onlyFull(t)
	src := write(t, strings.Replace(program(t, "hello"), "import sys\\nprint('hello from Python', sys.version_info[0])",
		"import ctypes, ctypes.util, sys\\nctypes.CDLL(ctypes.util.find_library('z'))\\nctypes.CDLL('libz.so.1')\\n"+
			"print(sorted({l.split(None, 5)[5].strip().replace(sys.prefix, 'PREFIX') for l in open('/proc/self/maps') if 'libz' in l}))", 1))
	build(t, src, "--py-onedir", "-o", "out/app")
	if r := sealed(t, filepath.Join(moveOut(t, src), "app"), nil, src); r.stdout != "['PREFIX/lib/libz.so.1']\n" || r.stderr != "" {
		t.Errorf("%v", r)
	}
}
