package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

// importing is a program that runs one line of Python.
func importing(line string) string {
	return "package main\n\nimport (\n\t\"github.com/goplus/lib/c\"\n\t\"github.com/goplus/lib/py\"\n)\n\nfunc main() { py.RunSimpleString(c.Str(`" + line + "`)) }\n"
}

// refused builds in vain; the last error has these parts.
func refused(t *testing.T, src string, args []string, parts ...string) {
	t.Helper()
	r := tryBuild(t, src, append([]string{"--py-onedir", "-o", "out/app"}, args...)...)
	for _, part := range parts {
		if r.code != 1 || !strings.Contains(lastError(r.stderr), part) {
			t.Errorf("%v\nwant an error with %q", r, part)
		}
	}
}

// A lock that one build wrote is enough for the next one without any network.
func TestLockedBuildIsOffline(t *testing.T) {
	t.Parallel()
	src := copyApp(t, "matrix")
	if r := build(t, src, "--py-onedir", "-o", "first/matrix"); !strings.Contains(r.stderr, "pylock.toml written: 1 distribution") {
		t.Errorf("the lock is not mentioned: %v", r)
	}
	lock, err := os.ReadFile(filepath.Join(src, "pylock.toml"))
	if err != nil || !strings.Contains(string(lock), `name = "numpy"`) {
		t.Fatalf("%v\n%s", err, lock)
	}
	offline := surroundings{"GOPROXY=off", "UV_OFFLINE=1", "HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1", "PIP_NO_INDEX=1"}
	offline.build(t, src, "--py-onedir", "--py-locked", "-o", "out/matrix")
	if r := sealed(t, filepath.Join(moveOut(t, src), "matrix"), nil, src); r.stdout != expected(t, "matrix") || r.code != 0 {
		t.Errorf("%v", r)
	}
	if after, _ := os.ReadFile(filepath.Join(src, "pylock.toml")); string(after) != string(lock) {
		t.Error("the lock changed")
	}
}

// From an import that is not installed to a program that runs: the error names the
// command, the command makes the dependency, the build uses it.
func TestAddWhatIsMissing(t *testing.T) {
	wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"}).Use(t)
	src := write(t, importing("import tiny_one; print(tiny_one.__version__)"))
	build(t, src, "--py-onedir", "--py-requirement", "tiny-one", "-o", "once/app")
	refused(t, src, nil, "main.go:8:15: tiny_one is not installed; add it: llgo py add tiny-one")
	refused(t, src, []string{"--py-locked", "--py-requirement", "tiny-one"}, "--py-requirement tiny-one is not part of it", "llgo py add tiny-one")
	if r := py(t, src, "add", "tiny-one"); r.code != 0 || !strings.Contains(r.stderr, "+ tiny-one 1.0") {
		t.Fatalf("%v", r)
	}
	build(t, src, "--py-onedir", "--py-locked", "-o", "out/app")
	if r := sealed(t, filepath.Join(moveOut(t, src), "app"), nil, src); r.stdout != "1.0\n" || r.code != 0 {
		t.Errorf("%v", r)
	}
	where := py(t, src, "sync", "--py-locked")
	if out, err := exec.Command(filepath.Join(strings.TrimSpace(where.stdout), "bin", "python"), "-IBc", "import tiny_one").CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%v", err, out, where)
	}
	plantFile(t, src, "requirements.txt", "tiny-two\n")
	refused(t, src, []string{"--py-locked"}, "pylock.toml is stale: it has no tiny-two", "llgo py lock")
	if r := py(t, src, "lock"); r.code != 1 || !strings.Contains(r.stderr, "tiny-two was not found") {
		t.Errorf("%v", r)
	}
}

// What a Go package pins in its llpkg.cfg is installed and locked, unless the
// program asks for another version.
func TestPinOfAGoPackage(t *testing.T) {
	wheeltest.Serve(t, wheeltest.Wheel{Name: "tiny-one", Version: "1.0"}, wheeltest.Wheel{Name: "tiny-one", Version: "2.0"}).Use(t)
	src := write(t, strings.Replace(importing("import tiny_one; print(tiny_one.__version__)"), "import (", "import (\n\t_ \"example.com/tinyone\"", 1))
	plantFile(t, src, "tinyone/go.mod", "module example.com/tinyone\n\ngo 1.20\n")
	plantFile(t, src, "tinyone/tinyone.go", "package tinyone\n")
	plantFile(t, src, "tinyone/llpkg.cfg", `{"type": "python", "upstream": {"installer": {"name": "pip"}, "package": {"name": "tiny-one", "version": "1.0"}}}`)
	mod, err := os.ReadFile(filepath.Join(src, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	plantFile(t, src, "go.mod", string(mod)+"\nrequire example.com/tinyone v0.0.0\n\nreplace example.com/tinyone => ./tinyone\n")
	build(t, src, "-o", "app")
	if r := start(t, exec.Command(filepath.Join(src, "app"))); r.stdout != "1.0\n" {
		t.Errorf("%v", r)
	}
	if r := py(t, src, "lock"); r.code != 0 || !strings.Contains(r.stderr, "up to date") {
		t.Errorf("%v", r)
	}
	if r := py(t, src, "add", "tiny-one>=2"); r.code != 0 || !strings.Contains(r.stderr, "tiny-one 1.0 → 2.0") {
		t.Errorf("%v", r)
	}
	build(t, src, "--py-locked", "-o", "app")
	if r := start(t, exec.Command(filepath.Join(src, "app"))); r.stdout != "2.0\n" {
		t.Errorf("%v", r)
	}
}

// venv makes a virtual environment of the managed CPython and returns it with its
// site-packages, into which the wheels are unpacked one after the other.
func venv(t *testing.T, wheels ...wheeltest.Wheel) (dir, site string) {
	t.Helper()
	managed, err := pydist.Managed(t.Context(), progress.Discard, pydist.Default)
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "venv")
	if out, err := exec.Command(managed.Executable, "-IB", "-m", "venv", "--without-pip", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	site = filepath.Join(dir, "lib", "python"+managed.Minor, "site-packages")
	for _, wheel := range wheels {
		for name, text := range wheel.Contents() {
			plantFile(t, site, name, text)
		}
	}
	return dir, site
}

// What is wrong in an environment of the user's is said before it is packaged.
func TestEnvironmentsThatAreWrong(t *testing.T) {
	t.Parallel()
	t.Run("locked", func(t *testing.T) {
		dir, _ := venv(t)
		refused(t, write(t, importing("import json")), []string{"--py-locked", "--py-python", dir}, "are not locked, they are taken as they are", "without --py-locked")
	})
	t.Run("another Python", func(t *testing.T) {
		dir, site := venv(t, wheeltest.Wheel{Name: "tiny-old", Version: "1.0", Tag: "cp311-cp311-linux_x86_64"})
		refused(t, write(t, importing("import tiny_old")), []string{"--py-python", dir},
			"tiny-old 1.0 in "+site+" was installed for another Python (cp311-cp311-linux_x86_64) than CPython 3.14", "--force-reinstall tiny-old==1.0")
	})
	t.Run("editable by code", func(t *testing.T) {
		dir, site := venv(t, wheeltest.Wheel{Name: "tiny-edit", Version: "1.0", Files: map[string]string{"__editable___tiny_edit_1_finder.py": "MAPPING = {'tiny_edit': '/src/tiny_edit'}\n"}})
		plantFile(t, site, "tiny_edit-1.0.dist-info/direct_url.json", `{"url": "file:///src", "dir_info": {"editable": true}}`)
		refused(t, write(t, importing("import tiny_edit")), []string{"--py-python", dir},
			"main.go:8:15: tiny_edit is an editable installation of tiny-edit from /src that analysis cannot follow", "-m pip install --no-deps '/src'")
	})
}

// An editable installation that a path leads to is packaged, as it is now, with its
// metadata; a distribution that another one overwrote is named.
func TestEditableAndOverwritten(t *testing.T) {
	t.Parallel()
	tree := t.TempDir()
	plantFile(t, tree, "src/tiny_edit/__init__.py", "value = 1\n")
	both := func(name, text string) wheeltest.Wheel {
		return wheeltest.Wheel{Name: name, Version: "1.0", Files: map[string]string{"tiny_both.py": text}}
	}
	dir, site := venv(t, wheeltest.Wheel{Name: "tiny-edit", Version: "1.0", Files: map[string]string{"__editable__.tiny_edit.pth": filepath.Join(tree, "src") + "\n"}},
		both("tiny-first", "value = 'first'\n"), both("tiny-second", "value = 'second'\n"))
	plantFile(t, site, "tiny_edit-1.0.dist-info/direct_url.json", `{"url": "file://`+tree+`", "dir_info": {"editable": true}}`)
	src := write(t, importing("import importlib.metadata as m, tiny_edit, tiny_both; print(tiny_edit.value, m.version('tiny-edit'), tiny_both.value)"))
	r := build(t, src, "--py-onedir", "--py-python", dir, "-o", "out/app")
	if want := "warning: tiny-first 1.0 was overwritten by tiny-second 1.0 in " + site + " (tiny_both.py): install only one of them"; !strings.Contains(r.stderr, want) {
		t.Errorf("%v\nwant %q", r, want)
	}
	if r := sealed(t, filepath.Join(moveOut(t, src), "app"), nil, src, tree, dir); r.stdout != "1 1.0 second\n" || r.code != 0 {
		t.Errorf("%v", r)
	}
}
