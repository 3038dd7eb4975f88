package reqs

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"requirements.txt": "# all of it\r\nnumpy==2.*  # numbers\r\n\r\n-r more/base.txt\n-c 'limits.txt'\n--index-url https://me:secret@index.example/simple\nnumba \\\n  >=0.60\nx @ https://index.example/x.whl#sha256=12\n",
		"more/base.txt":    "-r ../requirements.txt\nidna==3.10 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n",
		"limits.txt":       "scipy<2\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := File(filepath.Join(dir, "requirements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range lines {
		got = append(got, line.Canonical())
	}
	want := []string{
		"numpy==2.*", Line{"idna==3.10 --hash=sha256:aa --hash=sha256:bb", false}.Canonical(), "-c scipy<2",
		"--index-url https://****@index.example/simple", "numba >=0.60", "x @ https://index.example/x.whl#sha256=12",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if _, err := File(filepath.Join(dir, "gone.txt")); err == nil {
		t.Error("a missing file is no error")
	}
}

func TestCanonicalFollowsTheHashes(t *testing.T) {
	a, b := Line{"a==1 --hash=sha256:aa", false}.Canonical(), Line{"a==1 --hash=sha256:ab", false}.Canonical()
	if a == b || len(a) != len(b) {
		t.Errorf("%q and %q", a, b)
	}
}

func TestIncludes(t *testing.T) {
	for line, want := range map[string]string{
		"-r base.txt":                  "base.txt",
		"-rbase.txt":                   "base.txt",
		"--requirement=base.txt":       "base.txt",
		"-c limits.txt":                "limits.txt",
		"--constraint 'my limits.txt'": "my limits.txt",
		"requests==2":                  "",
		"--require-hashes":             "",
		"-e .":                         "",
	} {
		if got, _ := includes(line); got != want {
			t.Errorf("includes(%q) = %q, want %q", line, got, want)
		}
	}
}

func TestName(t *testing.T) {
	for spec, want := range map[string]string{
		"numpy": "numpy", "NumPy ==2.*": "numpy", "zope.interface>=5": "zope-interface", "requests[socks]; python_version<'4'": "requests",
		"x @ https://index.example/x.whl": "x", "x(>=1)": "x", "x~=1": "x", "x!=2": "x",
		"./lib": "", "-e .": "", "https://index.example/x.whl": "", "git+https://example.com/x.git#egg=My_X": "my-x", "": "",
	} {
		if got := Name(spec); got != want {
			t.Errorf("Name(%q) = %q, want %q", spec, got, want)
		}
	}
	if !IsName("NumPy") || IsName("numpy==2") || IsName("numpy[x]") {
		t.Error("IsName")
	}
}

func TestCredentials(t *testing.T) {
	for text, want := range map[string][2]string{
		"at https://me:pass@host/x?y=a@b":      {"at https://****@host/x?y=a@b", "at https://host/x?y=a@b"},
		"git+ssh://git@example.com/x.git":      {"git+ssh://git@example.com/x.git", "git+ssh://git@example.com/x.git"},
		"git+ssh://git:pass@example.com/x.git": {"git+ssh://git:****@example.com/x.git", "git+ssh://git@example.com/x.git"},
		"https://host/x@1":                     {"https://host/x@1", "https://host/x@1"},
		`{ url = "http://token@host:8/x" }`:    {`{ url = "http://****@host:8/x" }`, `{ url = "http://host:8/x" }`},
	} {
		if got := HideCredentials(text); got != want[0] {
			t.Errorf("HideCredentials(%q) = %q, want %q", text, got, want[0])
		}
		if got := DropCredentials(text); got != want[1] {
			t.Errorf("DropCredentials(%q) = %q, want %q", text, got, want[1])
		}
	}
}

func TestAccess(t *testing.T) {
	t.Setenv("REQS_TEST_TOKEN", "t0ken")
	access := Access{}
	access.Learn("a @ https://me:pass@host:8/a.whl\n--index-url https://${REQS_TEST_TOKEN}@other/simple\nb @ https://third/b.whl")
	got := access.Apply(`url = "https://host:8/x", "https://host/x", "https://other/y", "https://third/z", "https://you:p@host:8/x"`)
	want := `url = "https://me:pass@host:8/x", "https://host/x", "https://t0ken@other/y", "https://third/z", "https://you:p@host:8/x"`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
