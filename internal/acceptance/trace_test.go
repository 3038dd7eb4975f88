package acceptance

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// py runs a command of the group llgo py.
func py(t *testing.T, dir string, args ...string) result {
	t.Helper()
	cmd := exec.Command(llgo, append([]string{"py"}, args...)...)
	cmd.Dir = dir
	return start(t, cmd)
}

// A program that imports by computed names fails when it is packaged. A trace
// finds the names, also those of a child process; written down, they travel.
func TestTraceFindsComputedImports(t *testing.T) {
	t.Parallel()
	const printed = "json.tool True\n(0.0, 0.0, 0.0)\nwave\n"
	src := write(t, program(t, "computed"))
	packaged := func() result {
		build(t, src, "--py-onedir", "-o", "out/app")
		return sealed(t, filepath.Join(src, "out", "app"), nil)
	}
	if r := packaged(); r.stdout != "" || !strings.Contains(r.stderr, "No module named 'json.tool'") {
		t.Fatalf("packaged as it is: %v", r)
	}

	r := py(t, src, "trace", "--py-compiler=go")
	if r.code != 3 || r.stdout != printed {
		t.Errorf("trace: %v", r)
	}
	for _, name := range []string{"json.tool", "colorsys", "wave"} {
		if !strings.Contains(r.stderr, `missing setting: hidden-import = ["`+name+`"]`) {
			t.Errorf("trace does not tell of %s: %s", name, r.stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(src, "pyproject.toml")); err == nil {
		t.Error("pyproject.toml was written without -write")
	}

	const comment = "# settings of mine\n[tool.llgo-py]\nhidden-import = [\"cmd\"] # as a test\n"
	plantFile(t, src, "pyproject.toml", comment)
	const nothing = "the run used nothing that analysis does not find"
	for traces := 0; traces < 3 && !strings.Contains(r.stderr, nothing); traces++ { // what is found may bring more
		if r = py(t, src, "trace", "--py-compiler=go", "-write"); r.code != 0 {
			t.Fatalf("trace -write: %v", r)
		}
	}
	if !strings.Contains(r.stderr, nothing) {
		t.Errorf("the last trace found more: %v", r)
	}
	text, err := os.ReadFile(filepath.Join(src, "pyproject.toml"))
	if err != nil || !strings.Contains(string(text), "# settings of mine\n") || !strings.Contains(string(text), "# as a test") {
		t.Errorf("%v, pyproject.toml:\n%s", err, text)
	}
	if r := packaged(); r.code != 0 || r.stdout != printed {
		t.Errorf("packaged with what was traced: %v\npyproject.toml:\n%s", r, text)
	}
}

// -json keeps stdout to typed lines; what the program prints goes to stderr.
func TestTraceJSON(t *testing.T) {
	t.Parallel()
	src := write(t, program(t, "computed"))
	r := py(t, src, "trace", "-json", "--py-compiler=go", ".", "--", "nothing")
	if r.code != 0 || r.stderr != "nothing\n" {
		t.Errorf("%v", r)
	}
	var last map[string]any
	for line := range strings.Lines(r.stdout) {
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil || last["type"] == nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	if last["type"] != "traced" || last["modules"] != 0.0 || last["exit_code"] != 0.0 {
		t.Errorf("last line: %v", last)
	}
}

// A program that fails is reported, with what it did until then.
func TestTraceOfAFailure(t *testing.T) {
	t.Parallel()
	src := write(t, strings.Replace(program(t, "computed"), "import importlib\n", "import importlib\nimportlib.import_module('color' + 'sys')\nraise SystemExit(7)\n", 1))
	r := py(t, src, "trace", "--py-compiler=go")
	if r.code != 1 || !strings.Contains(r.stderr, "missed module colorsys") || !strings.Contains(r.stderr, "the program failed (exit code 7)") {
		t.Errorf("%v", r)
	}
	plain := write(t, "package main\n\nfunc main() {}\n")
	if r := py(t, plain, "trace", "--py-compiler=go"); r.code != 1 || !strings.Contains(r.stderr, "uses no Python") {
		t.Errorf("%v", r)
	}
	if r := py(t, src, "trace", "-wrote"); r.code != 2 || !strings.Contains(r.stderr, "-wrote") {
		t.Errorf("%v", r)
	}
}

// Data and modules of the program's own packages (--py-path) are found as well.
func TestTraceFindsDataOfOwnPackages(t *testing.T) {
	t.Parallel()
	onlyFull(t)
	src := write(t, strings.Replace(program(t, "hello"), "import sys\\nprint('hello from Python', sys.version_info[0])",
		"import shop\\nprint(shop.greeting(), shop.till().NAME)", 1))
	plantFile(t, src, "py/shop/__init__.py", "import importlib, pathlib\n\n"+
		"def greeting(): return (pathlib.Path(__file__).parent / 'data' / 'hello.txt').read_text()\n"+
		"def till(): return importlib.import_module('shop.' + 'tills'.lower())\n")
	plantFile(t, src, "py/shop/tills.py", "NAME = 'till'\n")
	plantFile(t, src, "py/shop/data/hello.txt", "Grüße")
	plantFile(t, src, "pyproject.toml", "[tool.llgo-py]\npath = [\"py\"]\n")
	for range 2 {
		if r := py(t, src, "trace", "--py-compiler=go", "-write"); r.code != 0 || r.stdout != "Grüße till\n" {
			t.Fatalf("%v", r)
		}
	}
	build(t, src, "--py-onedir", "-o", "out/app")
	if r := sealed(t, filepath.Join(moveOut(t, src), "app"), nil, src); r.stdout != "Grüße till\n" {
		text, _ := os.ReadFile(filepath.Join(src, "pyproject.toml"))
		t.Errorf("%v\npyproject.toml:\n%s", r, text)
	}
}
