package deps

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// module writes files into a new directory.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, files map[string]string) *Sources {
	t.Helper()
	s, err := Read(module(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSourcesAddUp(t *testing.T) {
	s := read(t, map[string]string{
		"requirements.txt": "scipy>=1  # why\n-c limits.txt\n",
		"limits.txt":       "numpy<3\n",
		"pyproject.toml": `[project]
name = "x"
version = "1"
dependencies = ["numpy", "x @ https://me:secret@host/x.whl"]
[tool.llgo-py]
dependencies = ["idna"]
requirement = ["six"]
[tool.llgo-py.darwin]
dependencies = ["pyobjc; python_version < '4'"]
`,
	})
	if err := s.AddPins([]Pin{{"torch", "2.2.0", "a"}, {"NumPy", "1.26.4", "b"}, {"torch", "2.2.0", "c"}}); err != nil {
		t.Fatal(err)
	}
	want := pylock.Record{
		Python: "3.14",
		Requirements: []string{
			"-c numpy<3", "idna", "numpy", "pyobjc ; (python_version < '4') and sys_platform == 'darwin'", "scipy>=1", "six",
			"x @ https://****@host/x.whl",
		},
		LLPkg: []string{"torch==2.2.0"},
	}
	if got := s.Record("3.14"); !reflect.DeepEqual(got, want) {
		t.Errorf("record\n got %+v\nwant %+v", got, want)
	}
	r := s.Requirements([]string{"besides"}, "lock")
	if got := strings.Join(r.Specs, "|"); got != "idna|six|pyobjc ; (python_version < '4') and sys_platform == 'darwin'|torch==2.2.0|besides" {
		t.Errorf("specs %s", got)
	}
	if len(r.Files) != 1 || r.Project != filepath.Join(s.Dir, "pyproject.toml") || r.Prefer != "lock" || r.Dir != s.Dir {
		t.Errorf("requirements %+v", r)
	}
	if got := strings.Join(s.Names(), " "); got != "idna numpy pyobjc scipy six torch x" {
		t.Errorf("names %s", got)
	}
}

func TestNothingIsAskedFor(t *testing.T) {
	for _, files := range []map[string]string{
		{},
		{"requirements.txt": "# nothing yet\n"},
		{"pyproject.toml": "[tool.ruff]\nline-length = 9\n"},
		{"pyproject.toml": "[project]\nname = \"x\"\ndependencies = []\n[tool.llgo-py]\npath = [\"py\"]\n"},
	} {
		if s := read(t, files); !s.Empty() {
			t.Errorf("%v: %+v", files, s)
		}
	}
}

func TestSourcesThatCannotBeRead(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"pyproject.toml": {"pyproject.toml": "not toml ["},
		"gone.txt":       {"requirements.txt": "-r gone.txt\n"},
		"uv.toml":        {"uv.toml": "= 1"},
	} {
		if _, err := Read(module(t, files)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnSystem(t *testing.T) {
	for _, test := range [][3]string{
		{"a", "", "a"},
		{"a>=1", "linux", "a>=1 ; sys_platform == 'linux'"},
		{"a;python_version<'4' or x", "windows", "a ; (python_version<'4' or x) and sys_platform == 'win32'"},
		{"a @ https://h/x;y.whl", "darwin", "a @ https://h/x;y.whl ; sys_platform == 'darwin'"},
		{"a @ https://h/x;y.whl ; extra == 'b'", "darwin", "a @ https://h/x;y.whl ; (extra == 'b') and sys_platform == 'darwin'"},
	} {
		if got := onSystem(test[0], test[1]); got != test[2] {
			t.Errorf("onSystem(%q, %q) = %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

// TestSettingsOfUV: they count, and no password is part of what is recorded.
func TestSettingsOfUV(t *testing.T) {
	settings := func(files map[string]string) string { return read(t, files).Record("3.14").Settings }
	none := settings(map[string]string{"pyproject.toml": "[tool.ruff]\nx = 1\n"})
	one := settings(map[string]string{"uv.toml": "[[index]]\nurl = \"https://a:b@host/simple\"\n"})
	other := settings(map[string]string{"uv.toml": "[[index]]\nurl = \"https://c:d@host/simple\"\n"})
	table := settings(map[string]string{"pyproject.toml": "[tool.uv]\nprerelease = \"allow\"\n"})
	if none != "" || one == "" || one != other || table == "" || table == one {
		t.Errorf("none %q, one %q, other %q, table %q", none, one, other, table)
	}
}

const numpyConfig = `{"type": "python", "upstream": {"installer": {"name": "pip"}, "package": {"name": "numpy", "version": "1.26.4"}}, "llpyg": {}}`

func TestReadPin(t *testing.T) {
	for text, want := range map[string]string{
		numpyConfig: "numpy==1.26.4",
		`{"upstream": {"package": {"name": "pcre", "version": "8.45"}}}`:                                              "",
		`{"upstream": {"installer": {"name": "conan"}, "package": {"name": "cjson", "version": "1"}}}`:                "",
		`{"upstream": {"installer": {"name": "pip", "config": {"index_url": "x"}}, "package": {"name": "unpinned"}}}`: "",
	} {
		pin, err := ReadPin(module(t, map[string]string{"llpkg.cfg": text}))
		if err != nil || want == "" && pin != nil || want != "" && (pin == nil || pin.String() != want) {
			t.Errorf("%s: %v, %v", text, pin, err)
		}
	}
	if _, err := ReadPin(module(t, map[string]string{"llpkg.cfg": "{"})); err == nil || !strings.Contains(err.Error(), "llpkg.cfg") {
		t.Errorf("not JSON: %v", err)
	}
	if pin, err := ReadPin(t.TempDir()); pin != nil || err != nil {
		t.Errorf("no file: %v, %v", pin, err)
	}
}

func TestPinsThatContradict(t *testing.T) {
	pins := []Pin{{"numpy", "1", "/a/llpkg.cfg"}, {"NumPy", "2", "/b/llpkg.cfg"}}
	err := read(t, nil).AddPins(pins)
	if err == nil || err.Error() != "/a/llpkg.cfg pins numpy==1, but /b/llpkg.cfg pins NumPy==2" {
		t.Errorf("got %v", err)
	}
	if err := read(t, map[string]string{"requirements.txt": "numpy\n"}).AddPins(pins); err != nil {
		t.Errorf("the module decides: %v", err)
	}
}

func TestStale(t *testing.T) {
	s := &Sources{Tool: []string{"numpy>=2"}, Pins: []Pin{{"torch", "2.2.0", ""}}, settings: "sha256:1"}
	for _, test := range []struct {
		record pylock.Record
		want   string
	}{
		{s.Record("3.14"), ""},
		{pylock.Record{Python: "3.14", Requirements: []string{"numpy>=2"}, LLPkg: []string{"torch==2.2.0", "tqdm==4"}, Settings: "sha256:1"}, ""},
		{pylock.Record{Python: "3.11", Requirements: []string{"numpy>=2"}, LLPkg: []string{"torch==2.2.0"}, Settings: "sha256:1"}, "it is for Python 3.11 and this is 3.14"},
		{
			pylock.Record{Python: "3.14", Requirements: []string{"numpy", "idna"}, LLPkg: []string{"numpy==1"}},
			"it has no numpy>=2; numpy, idna is no longer asked for; it has no torch==2.2.0 of llpkg.cfg; numpy==1 of llpkg.cfg is overruled; the settings of uv are others",
		},
	} {
		if got := s.Stale(&pylock.Lock{Record: &test.record}, "3.14"); got != test.want {
			t.Errorf("%+v\n got %q\nwant %q", test.record, got, test.want)
		}
	}
	foreign := &pylock.Lock{Packages: []pylock.Package{{Name: "numpy"}}}
	if got := s.Stale(foreign, "3.14"); got != "it has no torch" {
		t.Errorf("foreign: %q", got)
	}
	s.Pins, s.Tool = nil, append(s.Tool, "pywin32; sys_platform == 'win32'")
	if got := s.Stale(foreign, "3.14"); got != "" {
		t.Errorf("foreign, conditional: %q", got)
	}
}

func TestPinsOfOtherProgramsStay(t *testing.T) {
	s := &Sources{Tool: []string{"numpy"}, Pins: []Pin{{"torch", "2.2.0", ""}}}
	s.KeepPins(&pylock.Record{LLPkg: []string{"torch==1", "numpy==1", "tqdm==4"}})
	if got := s.Record("").LLPkg; !reflect.DeepEqual(got, []string{"torch==2.2.0", "tqdm==4"}) {
		t.Errorf("got %q", got)
	}
}

func TestChanges(t *testing.T) {
	lock := func(packages ...pylock.Package) *pylock.Lock { return &pylock.Lock{Packages: packages} }
	old := lock(pylock.Package{Name: "a", Version: "1"}, pylock.Package{Name: "b", Version: "1"}, pylock.Package{Name: "d", Version: "1"})
	fresh := lock(pylock.Package{Name: "a", Version: "2"}, pylock.Package{Name: "c", Version: "1"}, pylock.Package{Name: "d", Version: "1"}, pylock.Package{Name: "e"})
	var got []string
	for _, c := range changes(old, fresh) {
		got = append(got, c.String())
	}
	if want := []string{"a 1 → 2", "- b 1", "+ c 1", "+ e"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := len(changes(nil, fresh)); n != 4 {
		t.Errorf("without an old one: %d", n)
	}
}
