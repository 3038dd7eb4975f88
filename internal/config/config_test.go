package config

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// project makes a directory with a pyproject.toml.
func project(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// resolve reads flags in dir and the file in module, as a Linux machine does.
func resolve(t *testing.T, dir, module string, args ...string) (*Settings, error) {
	t.Helper()
	var f Flags
	fs := flag.NewFlagSet("build", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	f.Define(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Resolve(&f, Place{Dir: dir, Module: module, OS: "linux"})
}

// shown is what is set, one line a value.
func shown(s *Settings) string {
	var b strings.Builder
	for _, setting := range s.All() {
		for _, v := range setting.Values {
			if v.From != (Origin{}) {
				b.WriteString(setting.Name + " = " + v.Value + "  # " + v.From.String() + "\n")
			}
		}
	}
	return b.String()
}

const everywhere = `
[project]
name = "x"

[tool.llgo-py]
python = "venv"
hidden-import = ["a", # first
  "b"]
no-interpreter = true
path = ["py"]

[tool.llgo-py.linux]
hidden-import = ["c"]
python = "3.11"

[tool.llgo-py.darwin]
hidden-import = ["d"]
`

func TestFileTablesAndFlags(t *testing.T) {
	dir := project(t, everywhere)
	s, err := resolve(t, dir, dir, "--py-hidden-import=e", "-py-hidden-import", "a", "--py-no-interpreter=false", "--py-path", "../lib")
	if err != nil {
		t.Fatal(err)
	}
	want := `no-interpreter = false  # --py-no-interpreter
python = 3.11  # pyproject.toml:14
path = ` + dir + `/py  # pyproject.toml:10
path = ` + filepath.Dir(dir) + `/lib  # --py-path
hidden-import = a  # pyproject.toml:7
hidden-import = b  # pyproject.toml:8
hidden-import = c  # pyproject.toml:13
hidden-import = e  # --py-hidden-import
hidden-import = a  # --py-hidden-import
`
	if got := shown(s); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if s.Compiler.Value != "auto" || s.Compiler.From.String() != "default" {
		t.Errorf("compiler: %v", s.Compiler)
	}
	if got := s.HiddenImport.Values(); !slices.Equal(got, []string{"a", "b", "c", "e", "a"}) {
		t.Errorf("Values: %q", got)
	}
}

// The same settings however TOML lets one write them.
func TestWaysToWriteIt(t *testing.T) {
	for _, text := range []string{
		"[tool.llgo-py]\ndeps = \"all\"\n[tool.llgo-py.linux]\npath = [\"p\"]\n",
		"[tool]\nllgo-py.deps = 'all'\nllgo-py.linux.path = ['p']\n",
		"tool.llgo-py = { deps = \"all\", linux = { path = [ \"p\", ] } }\n",
		"[tool]\nllgo-py = { deps = \"\"\"all\"\"\", linux.path = [\"p\"] }\n",
		"[\"tool\".'llgo-py']\n\"deps\" = \"\\u0061ll\"\nlinux = {path=[\n# where\n\"p\"]}\n",
	} {
		dir := project(t, text)
		s, err := resolve(t, "/", dir)
		if err != nil {
			t.Errorf("%s\n%v", text, err)
			continue
		}
		if s.Deps.Value != "all" || len(s.Path) != 1 || s.Path[0].Value != filepath.Join(dir, "p") {
			t.Errorf("%s\n%s", text, shown(s))
		}
	}
}

// What is not ours is not looked at, and there need not be a file.
func TestNothingToRead(t *testing.T) {
	for _, dir := range []string{
		t.TempDir(),
		project(t, ""),
		project(t, "[tool.llgo-py]\n[tool.llgo-py.linux]\n"),
		project(t, "[tool.other]\nhidden-import = 3\n[project]\ndependencies = [\"numpy\"]\n[[x.tool.llgo-py]]\n"),
	} {
		s, err := resolve(t, dir, dir)
		if err != nil || shown(s) != "" {
			t.Errorf("%v\n%s", err, shown(s))
		}
	}
}

func TestPaths(t *testing.T) {
	module := project(t, `[tool.llgo-py]
add-data = ["data/*.txt:res", "/abs/x:.", "a:b:res"]
runtime-hook = ["hooks/../first.py"]
python = "./venv"
`)
	s, err := resolve(t, "/work", module, "--py-add-binary=lib/x.so:lib", "--py-additional-hooks-dir", "/h")
	if err != nil {
		t.Fatal(err)
	}
	want := "python = MOD/venv\nadd-data = MOD/data/*.txt:res\nadd-data = /abs/x:.\nadd-data = MOD/a:b:res\n" +
		"add-binary = /work/lib/x.so:lib\nadditional-hooks-dir = /h\nruntime-hook = MOD/first.py\n"
	var got strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(shown(s), module, "MOD")) {
		value, _, _ := strings.Cut(line, "  #")
		got.WriteString(value + "\n")
	}
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}

// A value of python is a path if there is such a file, or if it has a slash.
func TestPythonIsAPathOrAName(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "venv"), 0o755); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		"3.11":        "3.11",
		"3.14.6":      "3.14.6",
		"python3":     "python3",
		"venv":        filepath.Join(dir, "venv"),
		"./other":     filepath.Join(dir, "other"),
		"/usr/bin/py": "/usr/bin/py",
	} {
		s, err := resolve(t, dir, t.TempDir(), "--py-python", value)
		if err != nil || s.Python.Value != want {
			t.Errorf("%s: %v, %v", value, s, err)
		}
	}
}

// Each mistake is one line that names the place.
func TestMistakesInTheFile(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"hiden-import = []", "2: unknown setting hiden-import: did you mean hidden-import?"},
		{"frobnicate = 1", "2: unknown setting frobnicate"},
		{"[tool.llgo-py.lunix]", "2: unknown table lunix: did you mean linux?"},
		{"[tool.llgo-py.linux]\n\npyton = '3.11'", "4: unknown setting pyton: did you mean python?"},
		{"[tool.llgo-py.windows]\ndeps = 'most'", `3: deps = "most": must be auto or all`},
		{"onefile = true", "2: onefile can only be given as a flag, --py-onefile"},
		{"hidden-import = 'a'", `2: hidden-import must be an array of strings, not the string "a"`},
		{"hidden-import = [\n'a',\n3]", "4: hidden-import must be an array of strings, and has a number"},
		{"hidden-import = [[]]", "2: hidden-import must be an array of strings, and has an array"},
		{"hidden-import = ['a', '']", `2: hidden-import = "": must not be empty`},
		{"hidden-import.x = 1", "2: hidden-import must be an array of strings, not a table"},
		{"[[tool.llgo-py.path]]", "2: path must be an array of strings, not an array"},
		{"no-interpreter = 'yes'", `2: no-interpreter must be true or false, not the string "yes"`},
		{"python = 3.11", "2: python must be a string, not a number"},
		{"python = 2026-11-21", "2: python must be a string, not a date"},
		{"python = true", "2: python must be a string, not true"},
		{"compiler = 'gcc'", `2: compiler = "gcc": must be auto, llgo or go`},
		{"add-data = ['x']", `2: add-data = "x": must be SRC:DST, a file, directory or pattern and the directory it goes to`},
		{"add-data = ['x:']", `2: add-data = "x:": must be SRC:DST, a file, directory or pattern and the directory it goes to`},
		{"linux = 3", "2: linux must be a table, not a number"},
		{"path = ['a']\npath = ['b']", "3: toml: key path is already defined"},
		{"path = ['a'", "2: toml: array is incomplete"},
	} {
		dir := project(t, "[tool.llgo-py]\n"+test.text+"\n")
		_, err := resolve(t, dir, dir)
		if err == nil || !strings.HasPrefix(err.Error(), "pyproject.toml:"+test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\ngot  %v\nwant pyproject.toml:%s", test.text, err, test.want)
		}
	}
	dir := project(t, "[[tool.llgo-py]]\nx = 1\n")
	if _, err := resolve(t, t.TempDir(), dir); err == nil || err.Error() != dir+"/pyproject.toml:1: llgo-py must be a table, not an array" {
		t.Errorf("a file elsewhere is named whole: %v", err)
	}
}

func TestMistakesInFlags(t *testing.T) {
	for arg, want := range map[string]string{
		"--py-deps=some":             "--py-deps=some: must be auto or all",
		"--py-hidden-import=":        "--py-hidden-import=: must not be empty",
		"--py-no-interpreter=yes":    "--py-no-interpreter=yes: must be true or false",
		"-py-add-data=a":             "--py-add-data=a: must be SRC:DST, a file, directory or pattern and the directory it goes to",
		"--py-add-binary=:lib":       "--py-add-binary=:lib: must be SRC:DST, a file, directory or pattern and the directory it goes to",
		"--py-compiler=tinygo":       "--py-compiler=tinygo: must be auto, llgo or go",
		"--py-additional-hooks-dir=": "--py-additional-hooks-dir=: must not be empty",
	} {
		if _, err := resolve(t, "/", t.TempDir(), arg); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", arg, err, want)
		}
	}
}

// The table of settings is sound: whoever adds one learns it here.
func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range keys {
		if k.name == "" || seen[k.name] || slices.Contains(systems, k.name) {
			t.Errorf("field %d: name %q is empty or taken", k.index, k.name)
		}
		seen[k.name] = true
		if !slices.Contains([]string{"", "flag", "file"}, k.from) || !slices.Contains([]string{"", "all", "source", "name"}, k.path) {
			t.Errorf("%s: a tag has no such value", k.name)
		}
		if (k.list || k.bool) && k.def != "" || k.def != "" && k.check(k.def) != "" {
			t.Errorf("%s: default %q", k.name, k.def)
		}
		switch k.of(&Settings{}).(type) {
		case *List, *Bool, *String:
		default:
			t.Errorf("%s: a field is a String, a Bool or a List", k.name)
		}
	}
}
