package facts

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

const repository = "../../.."

// scratch is for what several tests use.
var scratch string

// The tests use the cache that LLGO_PY_CACHE names, and otherwise one of their own.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		for _, entry := range os.Environ() {
			if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "PYTHON") {
				os.Unsetenv(name)
			}
		}
		dir, err := os.MkdirTemp("", "llgo-py-facts-test-")
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

func open(t *testing.T, path string) *Container {
	t.Helper()
	found, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 {
		t.Fatalf("%s: %d containers", path, len(found))
	}
	t.Cleanup(func() { found[0].Close() })
	return found[0]
}

func newHelper(t *testing.T) *helper.Helper {
	t.Helper()
	h, err := helper.Open(t.Context(), progress.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// collect opens and reads, with all readers.
func collect(t *testing.T, path string) *Container {
	t.Helper()
	c := open(t, path)
	if err := c.Collect(t.Context(), Options{Helper: newHelper(t)}); err != nil {
		t.Fatal(err)
	}
	return c
}

// goOnly opens and reads with Go's readers alone.
func goOnly(t *testing.T, path string) *Container {
	t.Helper()
	c := open(t, path)
	if err := c.Collect(t.Context(), Options{NoPython: true}); err != nil {
		t.Fatal(err)
	}
	return c
}

// hello builds testdata/apps/hello as a directory and as a file, once for all tests.
// The result must not be changed.
var hello = sync.OnceValues(func() (dir string, err error) {
	dir = filepath.Join(scratch, "hello")
	llgo := filepath.Join(scratch, "llgo")
	if err := run(repository, "go", "build", "-o", llgo, "./cmd/llgo"); err != nil {
		return "", err
	}
	app := filepath.Join(repository, "testdata", "apps", "hello")
	if err := run(app, llgo, "build", "--py-compiler=go", "--py-onedir", "-o", filepath.Join(dir, "tree", "hello"), "."); err != nil {
		return "", err
	}
	return dir, run(app, llgo, "build", "--py-compiler=go", "--py-onefile", "-o", filepath.Join(dir, "one"), ".")
})

func run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

// built returns the path of hello's tree ("tree") or file ("one").
func built(t *testing.T, name string) string {
	t.Helper()
	dir, err := hello()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// writable returns a copy of hello's tree that may be changed.
func writable(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tree")
	if err := os.CopyFS(dir, os.DirFS(built(t, "tree"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// wheelOf downloads a wheel for some platform, by the managed interpreter's pip, once.
func wheelOf(t *testing.T, requirement, platform string) string {
	t.Helper()
	dist, err := pydist.Managed(t.Context(), progress.Discard, pydist.Default)
	if err != nil {
		t.Fatal(err)
	}
	root, err := cachedir.Root()
	if err != nil {
		t.Fatal(err)
	}
	name := strings.ReplaceAll(requirement, "==", "-") + "-" + platform
	dir := filepath.Join(root, "test-wheels", name)
	err = cachedir.Ensure(t.Context(), dir, func(work string) error {
		cmd, err := dist.Command(t.Context(), filepath.Join(dist.Pip, "pip", "__main__.py"), "download", "--quiet", "--no-deps",
			"--only-binary", ":all:", "--platform", platform, "--python-version", "3.13", "--disable-pip-version-check",
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

// The wheels that tests use: small, and with one binary each.
const (
	universal2 = "macosx_10_13_universal2"
	arm64      = "macosx_11_0_arm64"
	manylinux  = "manylinux2014_x86_64"
)

func markupsafe(t *testing.T, platform string) string {
	return wheelOf(t, "markupsafe==3.0.2", platform)
}

// member extracts one file of an archive whose name ends with suffix.
func member(t *testing.T, archive, suffix string) string {
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
		return write(t, filepath.Base(f.Name), data)
	}
	t.Fatalf("no %s in %s", suffix, archive)
	return ""
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// edit changes a file by replacing the first occurrence of some bytes.
func edit(t *testing.T, name string, old, new []byte) {
	t.Helper()
	data := read(t, name)
	if !bytes.Contains(data, old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	if err := os.WriteFile(name, bytes.Replace(data, old, new, 1), 0o644); err != nil {
		t.Fatal(err)
	}
}
