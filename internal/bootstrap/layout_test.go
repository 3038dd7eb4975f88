package bootstrap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree makes empty files below a new folder.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var packaged = Settings{Minor: "3.14", LibPython: "lib/libpython3.14.so.1.0", LibDir: "python3.14"}

func TestLocate(t *testing.T) {
	s := packaged
	s.Prefix = tree(t, "lib/libpython3.14.so.1.0", "lib/python3.14/os.pyc", "bin/python3")
	s.SitePaths = []string{"/site"}
	l, err := locate(s)
	if err != nil {
		t.Fatal(err)
	}
	stdlib := filepath.Join(s.Prefix, "lib/python3.14")
	want := []string{stdlib, stdlib + "/lib-dynload", stdlib + "/site-packages", "/site"}
	if strings.Join(l.path, "|") != strings.Join(want, "|") {
		t.Errorf("path %q, want %q", l.path, want)
	}
	if l.executable != filepath.Join(s.Prefix, "bin/python3") {
		t.Errorf("executable %q", l.executable)
	}
}

// TestLocateFarm: the folders of packages come after the one that hooks are in, as in
// python/bin/python3, as many as there are without a gap.
func TestLocateFarm(t *testing.T) {
	s := packaged
	s.Farm = true
	s.Prefix = tree(t, "lib/libpython3.14.so.1.0", "lib/python3.14/os.pyc", "site-packages/p1/a", "site-packages/p2/b", "site-packages/p4/d")
	l, err := locate(s)
	if err != nil {
		t.Fatal(err)
	}
	site := filepath.Join(s.Prefix, "site-packages")
	if got, want := strings.Join(l.path[3:], "|"), site+"/p1|"+site+"/p2"; got != want {
		t.Errorf("path %q, want %q", got, want)
	}
	if l.sites != nil {
		t.Errorf("the .pth files of %q count", l.sites)
	}
}

func TestLocateAbsolute(t *testing.T) {
	dir := tree(t, "elsewhere/libpython.so", "stdlib/os.py", "venv/bin/python")
	s := Settings{Minor: "3.12", Prefix: dir, LibPython: filepath.Join(dir, "elsewhere/libpython.so"),
		LibDir: filepath.Join(dir, "stdlib"), Executable: filepath.Join(dir, "venv/bin/python")}
	l, err := locate(s)
	if err != nil {
		t.Fatal(err)
	}
	if l.libPython != s.LibPython || l.stdlib != s.LibDir || l.executable != s.Executable {
		t.Errorf("layout %+v", l)
	}
}

func TestLocateWithoutInterpreter(t *testing.T) {
	s := packaged
	s.Prefix = tree(t, "lib/libpython3.14.so.1.0", "lib/python3.14/os.py")
	l, err := locate(s)
	if err != nil {
		t.Fatal(err)
	}
	if self, _ := os.Executable(); l.executable != self {
		t.Errorf("executable %q, want this program", l.executable)
	}
}

func TestLocateErrors(t *testing.T) {
	for _, test := range []struct {
		files []string
		want  string
	}{
		{nil, "python library"},
		{[]string{"lib/libpython3.14.so.1.0"}, "standard library"},
		{[]string{"lib/libpython3.14.so.1.0/not a file", "lib/python3.14"}, "standard library"},
	} {
		s := packaged
		s.Prefix = tree(t, test.files...)
		_, err := locate(s)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), s.Prefix) {
			t.Errorf("error %v, want one about the %s below %s", err, test.want, s.Prefix)
		}
	}
}

func TestWideString(t *testing.T) {
	got := wideString("aé\xff\uFFFD😀")
	want := []int32{'a', 'é', 0xDCFF, 0xFFFD, 0x1F600, 0}
	if len(got) != len(want) {
		t.Fatalf("%x, want %x", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%x, want %x", got, want)
		}
	}
}

func TestSplitFunction(t *testing.T) {
	for full, want := range map[string][2]string{
		"main.F":                     {"main", "F"},
		"example.com/a.b/c.F":        {"example.com/a.b/c", "F"},
		"example.com/yaml%2ev3.F":    {"example.com/yaml.v3", "F"},
		"example.com/c.(*T).M":       {"example.com/c", "(*T).M"},
		"example.com/c.init.0.func1": {"example.com/c", "init.0.func1"},
		"example.com/%zz/odd.F":      {"example.com/%zz/odd", "F"},
		"nothing":                    {"nothing", ""},
	} {
		pkg, name := SplitFunction(full)
		if pkg != want[0] || name != want[1] {
			t.Errorf("%s: %q %q, want %q", full, pkg, name, want)
		}
	}
}
