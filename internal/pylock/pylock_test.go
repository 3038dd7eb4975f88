package pylock

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// What uv 0.13 writes.
const sample = `lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.14"

[[packages]]
name = "colorama"
version = "0.4.6"
marker = "sys_platform == 'win32'"
wheels = [{ url = "https://index.example/colorama-0.4.6-py2.py3-none-any.whl", upload-time = 2022-10-25T02:36:20Z, hashes = { sha256 = "4f1d9991f5acc0ca119f9d443620b77f9d6b33703e51011c16baf57afb285fc6" } }]

[[packages]]
name = "My.Lib"
directory = { path = "lib", editable = true }

[[packages]]
name = "other"
version = "1"
archive = { path = "wheels/other-1-py3-none-any.whl", hashes = { sha256 = "ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c" } }
`

func parse(t *testing.T, text string) *Lock {
	t.Helper()
	lock, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return lock
}

func TestParse(t *testing.T) {
	lock := parse(t, sample)
	want := []Package{
		{"colorama", "0.4.6", "sys_platform == 'win32'", ""},
		{"my-lib", "", "", "lib"},
		{"other", "1", "", ""},
	}
	if !reflect.DeepEqual(lock.Packages, want) {
		t.Errorf("packages %v, want %v", lock.Packages, want)
	}
	if lock.Record != nil || len(lock.Directories()) != 1 || !lock.Has("my-lib") || lock.Has("My.Lib") {
		t.Errorf("got %+v", lock)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"lock-version = ":                      "toml: ",
		"lock-version = \"2.0\"\n":             `lock-version "2.0"`,
		"":                                     "lock-version",
		"lock-version = \"1.0\"\npackages = 3": "Packages",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): %v, want %q", text, err, want)
		}
	}
}

func TestRecordStaysBesideUVsText(t *testing.T) {
	record := Record{Python: "3.14", Requirements: []string{"b; sys_platform == 'linux'", "a==1"}, LLPkg: []string{"numpy==2.5.5"}, Settings: "sha256:12"}
	text, err := WithRecord(sample, record)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, sample) || !strings.HasPrefix(text, "# Written by llgo") {
		t.Errorf("uv's text changed:\n%s", text)
	}
	lock := parse(t, text)
	want := Record{"3.14", []string{"a==1", "b; sys_platform == 'linux'"}, []string{"numpy==2.5.5"}, "sha256:12"}
	if lock.Record == nil || !reflect.DeepEqual(*lock.Record, want) {
		t.Errorf("record %+v, want %+v", lock.Record, want)
	}
	if again, _ := WithRecord(sample, record); again != text {
		t.Error("the same record is another text")
	}
	if strings.Contains(text, "llpkg = []") {
		t.Error("empty lists are written")
	}
}

// TestInstallable: paths are absolute, nothing is editable, hashes stay.
func TestInstallable(t *testing.T) {
	text, err := parse(t, sample).Installable("/work/app")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Packages []struct {
			Directory map[string]any
			Archive   struct {
				Path   string
				Hashes map[string]string
			}
		}
	}
	if err := toml.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if d := got.Packages[1].Directory; !reflect.DeepEqual(d, map[string]any{"path": "/work/app/lib"}) {
		t.Errorf("directory %v", d)
	}
	if a := got.Packages[2].Archive; a.Path != "/work/app/wheels/other-1-py3-none-any.whl" || !strings.HasPrefix(a.Hashes["sha256"], "ab7ae") {
		t.Errorf("archive %v", a)
	}
	if !strings.Contains(text, "2022-10-25T02:36:20Z") {
		t.Errorf("dates changed:\n%s", text)
	}
}

func TestMoved(t *testing.T) {
	got := Moved(`directory = { path = "../app/lib", editable = true }`+"\n"+`archive = { path = "/abs/x.whl" }`, "/work/cache", "/work/app")
	want := `directory = { path = "lib", editable = true }` + "\n" + `archive = { path = "/abs/x.whl" }`
	if got != want {
		t.Errorf("got %s", got)
	}
}

func TestNormalise(t *testing.T) {
	for name, want := range map[string]string{"PyYAML": "pyyaml", "zope.interface": "zope-interface", "a__-.b": "a-b"} {
		if got := Normalise(name); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", name, got, want)
		}
	}
}
