// Package checktest has the real things that the tests of checks are about: packaged
// programs and wheels of several platforms.
package checktest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// scratch is for what several tests use.
var scratch string

// Main is TestMain. The tests use the cache that LLGO_PY_CACHE names, and otherwise one
// of their own.
func Main(m *testing.M) {
	os.Exit(func() int {
		for _, entry := range os.Environ() {
			if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "PYTHON") {
				os.Unsetenv(name)
			}
		}
		dir, err := os.MkdirTemp("", "llgo-py-check-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		scratch = dir
		if os.Getenv(cachedir.EnvRoot) == "" {
			os.Setenv(cachedir.EnvRoot, filepath.Join(dir, "cache"))
		}
		return m.Run()
	}())
}

// repository is the directory of this module.
func repository() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// front builds the llgo command.
var front = sync.OnceValues(func() (string, error) {
	llgo := filepath.Join(scratch, "llgo")
	return llgo, run(repository(), "go", "build", "-o", llgo, "./cmd/llgo")
})

// LLGo returns the llgo command, built once.
func LLGo(t testing.TB) string {
	t.Helper()
	llgo, err := front()
	if err != nil {
		t.Fatal(err)
	}
	return llgo
}

// hello builds testdata/apps/hello.
var hello = sync.OnceValues(func() (string, error) { return Program("hello") })

// Program builds a program of testdata/apps as a directory ("tree") and as one file
// ("one"), with more flags of llgo build. What it returns is removed by Main.
func Program(app string, flags ...string) (dir string, err error) {
	if dir, err = Directory(app, flags...); err != nil {
		return "", err
	}
	return dir, build(app, append([]string{"--py-onefile", "--py-compress=fast", "-o", filepath.Join(dir, "one")}, flags...)...)
}

// Directory is Program without the file.
func Directory(app string, flags ...string) (dir string, err error) {
	if dir, err = os.MkdirTemp(scratch, app+"-"); err != nil {
		return "", err
	}
	return dir, build(app, append([]string{"--py-onedir", "-o", filepath.Join(dir, "tree", app)}, flags...)...)
}

// build packages a program of testdata/apps.
func build(app string, flags ...string) error {
	llgo, err := front()
	if err != nil {
		return err
	}
	args := slices.Concat([]string{"build", "--py-compiler=go"}, flags, []string{"."})
	return run(filepath.Join(repository(), "testdata", "apps", app), llgo, args...)
}

func run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

func built(t testing.TB) string {
	t.Helper()
	dir, err := hello()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Onedir returns the directory of hello, a program that prints a line, and python/. It
// is built once and must not be changed.
func Onedir(t testing.TB) string { return filepath.Join(built(t), "tree") }

// Onefile returns the same program as one file.
func Onefile(t testing.TB) string { return filepath.Join(built(t), "one") }

// Writable returns a copy of Onedir that may be changed.
func Writable(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tree")
	if err := os.CopyFS(dir, os.DirFS(Onedir(t))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Platforms of wheels.
const (
	Universal2 = "macosx_10_13_universal2"
	Arm64      = "macosx_11_0_arm64"
	Manylinux  = "manylinux2014_x86_64"
)

// MarkupSafe returns a small wheel with one binary, for one of the platforms.
func MarkupSafe(t testing.TB, platform string) string {
	t.Helper()
	return Wheel(t, "markupsafe==3.0.2", platform)
}

// Wheel returns the wheel of a requirement for CPython 3.13 on some platform. It is
// downloaded once, by the managed interpreter's pip.
func Wheel(t testing.TB, requirement, platform string) string {
	t.Helper()
	return WheelFor(t, "3.13", requirement, platform)
}

// WheelFor returns the wheel of a requirement for some CPython and platform.
func WheelFor(t testing.TB, python, requirement, platform string) string {
	t.Helper()
	dist, err := pydist.Managed(t.Context(), progress.Discard, pydist.Default)
	if err != nil {
		t.Fatal(err)
	}
	root, err := cachedir.Root()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "test-wheels", strings.ReplaceAll(requirement, "==", "-")+"-"+python+"-"+platform)
	err = cachedir.Ensure(t.Context(), dir, func(work string) error {
		cmd, err := dist.Command(t.Context(), filepath.Join(dist.Pip, "pip", "__main__.py"), "download", "--quiet", "--no-deps",
			"--only-binary", ":all:", "--platform", platform, "--python-version", python, "--disable-pip-version-check",
			"--dest", work, requirement)
		if err != nil {
			return err
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v %v", found, err)
	}
	return found[0]
}

// Member extracts the one file of an archive whose name ends with suffix.
func Member(t testing.TB, archive, suffix string) string {
	t.Helper()
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, suffix) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return Write(t, filepath.Base(f.Name), data)
	}
	t.Fatalf("no %s in %s", suffix, archive)
	return ""
}

// Write writes an executable file into a new directory.
func Write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// Read reads a file.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Edit replaces the first occurrence of old in a file.
func Edit(t testing.TB, name, old, new string) {
	t.Helper()
	data := Read(t, name)
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	if err := os.WriteFile(name, bytes.Replace(data, []byte(old), []byte(new), 1), 0o644); err != nil {
		t.Fatal(err)
	}
}
