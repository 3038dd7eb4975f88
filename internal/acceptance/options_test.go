package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// additionsFlags is what the pyproject.toml of the app additions says, as flags.
var additionsFlags = []string{
	"--py-path", "py", "--py-collect-data", "shop", "--py-collect-submodules", "shop", "--py-copy-metadata", "shop",
	"--py-exclude-module", "shop.secret", "--py-exclude-module", "bz2",
	"--py-runtime-hook", "hooks/first.py", "--py-runtime-hook=hooks/second.py",
	"--py-add-data", "assets/img:assets/img", "--py-add-data", "assets/*.note:notes", "--py-additional-hooks-dir", "hooks",
}

// Own modules with data files, entry points, importlib.resources, added files,
// run-time hooks in order and excluded modules, set by a file with tables of systems;
// and the same set by flags, byte for byte.
func TestOptions(t *testing.T) {
	t.Parallel()
	out, byFlags := packaged(t, "additions"), copyApp(t, "additions")
	if err := os.Remove(filepath.Join(byFlags, "pyproject.toml")); err != nil {
		t.Fatal(err)
	}
	build(t, byFlags, append([]string{"--py-onedir", "-o", "out/additions"}, additionsFlags...)...)
	sameTree(t, out, filepath.Join(byFlags, "out"))

	if r := sealed(t, filepath.Join(out, "additions"), nil, byFlags); r.code != 0 || r.stdout != expected(t, "additions") || r.stderr != "" {
		t.Errorf("%v\nwant:\n%s", r, expected(t, "additions"))
	}
	shop := false
	for name, content := range tree(t, out) {
		// Modules are files, or parts of one: what they say tells whether they are there.
		shop = shop || strings.Contains(content, "welcome to the shop")
		if strings.Contains(content, "not for the customer") {
			t.Errorf("%s has a module that is excluded", name)
		}
		if base := filepath.Base(name); strings.Contains(base, "secret") || strings.HasPrefix(base, "_bz2") || base == "bz2.pyc" {
			t.Errorf("%s is excluded and there", name)
		}
	}
	if !shop {
		t.Error("a module that is there is not seen to be")
	}
}

// The same in one file, where the cache holds Python.
func TestOptionsInOneFile(t *testing.T) {
	t.Parallel()
	r := sealed(t, onefile(t, "additions"), []string{"LLGO_PY_CACHE=" + t.TempDir()})
	if r.code != 0 || r.stdout != expected(t, "additions") || r.stderr != "" {
		t.Errorf("%v\nwant:\n%s", r, expected(t, "additions"))
	}
}

// Edits of modules, hooks and data files are seen, however quickly they follow.
func TestOptionsAreReadAgain(t *testing.T) {
	t.Parallel()
	src := copyApp(t, "additions")
	build(t, src, "--py-onedir", "-o", "out/app")
	want := expected(t, "additions")
	for _, edit := range []struct{ file, old, new, shown, instead string }{
		{"py/shop/__init__.py", "HOOKS = []", "import wave\nHOOKS = []", "", ""}, // a module that was not needed before
		{"py/shop/__init__.py", "welcome to", "goodbye from", "welcome to", "goodbye from"},
		{"hooks/second.py", "second", "another", "'second'", "'another'"},
		{"py/shop/data/prices.txt", "apple 3", "apple 4", "apple 3", "apple 4"}, // of the same size
		{"assets/c.note", "", "new", "'b.note'", "'b.note', 'c.note'"},
	} {
		path := filepath.Join(src, filepath.FromSlash(edit.file))
		data, _ := os.ReadFile(path)
		if err := os.WriteFile(path, []byte(strings.Replace(string(data), edit.old, edit.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		if edit.shown != "" {
			want = strings.ReplaceAll(want, edit.shown, edit.instead)
		}
	}
	build(t, src, "--py-onedir", "-o", "out/app")
	if r := sealed(t, filepath.Join(src, "out", "app"), nil); r.code != 0 || r.stdout != want {
		t.Errorf("%v\nwant:\n%s", r, want)
	}
}

// A run-time hook that fails ends the program before anything of it ran.
func TestFailingRuntimeHook(t *testing.T) {
	t.Parallel()
	src := write(t, program(t, "hello"))
	plantFile(t, src, "bad.py", "import sys\nraise RuntimeError('no ' + sys.platform)\n")
	build(t, src, "--py-onedir", "--py-runtime-hook", "bad.py", "-o", "out/app")
	r := sealed(t, filepath.Join(moveOut(t, src), "app"), nil, src)
	if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "hook_00_bad.py") || !strings.Contains(r.stderr, "RuntimeError: no ") {
		t.Errorf("%v", r)
	}
}

// A program for this machine finds its own modules where they are.
func TestOwnModulesWithoutPackaging(t *testing.T) {
	t.Parallel()
	src := write(t, strings.Replace(program(t, "hello"), "import sys", "import sys, mine", 1))
	plantFile(t, src, "py/mine.py", "print('mine')\n")
	build(t, src, "--py-path", "py", "-o", "out/app")
	r := start(t, exec.Command(filepath.Join(src, "out", "app")))
	if r.code != 0 || !strings.HasPrefix(r.stdout, "mine\n") {
		t.Errorf("%v", r)
	}
}

// Each mistake is one line that begins with the flag, or with file and line.
func TestOptionErrors(t *testing.T) {
	t.Parallel()
	src := write(t, strings.Replace(program(t, "hello"), "import sys", "import sys, colorsys", 1))
	plantFile(t, src, "module.py", "")
	plantFile(t, src, "a/x.txt", "")
	plantFile(t, src, "b/x.txt", "")
	plantFile(t, src, "badhooks/rthooks.dat", "{'json': 'not a list'}")
	for _, test := range []struct {
		args, file, want string
	}{
		{args: "--py-path nowhere", want: "--py-path: nowhere is not a directory"},
		{args: "--py-path main.go", want: "--py-path: main.go is not a directory"},
		{args: "--py-additional-hooks-dir nowhere", want: "--py-additional-hooks-dir: nowhere is not a directory"},
		{args: "--py-runtime-hook nowhere.py", want: "--py-runtime-hook: nowhere.py is not a file"},
		{args: "--py-runtime-hook a", want: "--py-runtime-hook: a is not a file"},
		{args: "--py-add-data nowhere:x", want: "--py-add-data: nowhere: no such file, directory or match of a pattern"},
		{args: "--py-add-data *.none:x", want: "--py-add-data: *.none: no such file, directory or match of a pattern"},
		{args: "--py-add-data a:../x", want: `--py-add-data: destination ../x must be a relative path without ".."`},
		{args: "--py-add-binary a:/x", want: `--py-add-binary: destination /x must be a relative path without ".."`},
		{args: "--py-add-data a:x --py-add-data b:x", want: "--py-add-data: x/x.txt is there already, from a/x.txt"},
		{args: "--py-hidden-import no-name", want: "--py-hidden-import: 'no-name' is not the name of a python module"},
		{args: "--py-collect-all nowhere", want: "--py-collect-all: nowhere is not installed, and the name of its distribution is not known"},
		{args: "--py-collect-all cv2", want: "--py-collect-all: cv2 is not installed; add it: llgo py add opencv-python"},
		{args: "--py-collect-data json.nowhere", want: "--py-collect-data: python package json.nowhere not found"},
		{args: "--py-collect-submodules module --py-path .", want: "--py-collect-submodules: module is a module and not a package: it has nothing to collect"},
		{args: "--py-copy-metadata nowhere", want: "--py-copy-metadata: distribution nowhere is not installed"},
		{args: "--py-recursive-copy-metadata nowhere", want: "--py-recursive-copy-metadata: distribution nowhere is not installed"},
		{args: "--py-exclude-module encodings", want: "--py-exclude-module: encodings cannot be excluded: python does not start without it"},
		{args: "--py-hidden-import json.tool --py-exclude-module json", want: "--py-hidden-import: python module json.tool is needed here and excluded by --py-exclude-module"},
		{args: "--py-exclude-module colorsys", want: "main.go:9:2: python module colorsys is needed here and excluded by --py-exclude-module"},
		{args: "--py-additional-hooks-dir badhooks", want: src + "/badhooks/rthooks.dat must be a dictionary of modules and lists of files in rthooks"},
		{file: "[tool.llgo-py]\n\ncollect-all = [\n  \"nowhere\"]\n", want: "pyproject.toml:4: nowhere is not installed, and the name of its distribution is not known"},
		{file: "[tool.llgo-py]\nhidden-import = [\"nowhere\"]\n", want: "pyproject.toml:2: nowhere is not installed, and the name of its distribution is not known"},
		{file: "[tool.llgo-py]\nadd-data = [\"nowhere:x\"]\n", want: "pyproject.toml:2: nowhere: no such file, directory or match of a pattern"},
		{file: "[tool.llgo-py]\nhiden-import = []\n", want: "pyproject.toml:2: unknown setting hiden-import: did you mean hidden-import?"},
	} {
		t.Run(test.args+test.file, func(t *testing.T) {
			project := filepath.Join(src, "pyproject.toml")
			if err := os.WriteFile(project, []byte(test.file), 0o644); err != nil {
				t.Fatal(err)
			}
			defer os.Remove(project)
			r := tryBuild(t, src, append([]string{"--py-onedir", "-o", "out/app"}, strings.Fields(test.args)...)...)
			line, _, _ := strings.Cut(lastError(r.stderr), "\n")
			if r.code != 1 || line != "llgo: "+test.want {
				t.Errorf("exit %d, got  %s\nwant llgo: %s", r.code, line, test.want)
			}
		})
	}
}
