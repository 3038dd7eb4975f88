package pydist

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/module"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

func managed(t *testing.T, version string) *Dist {
	t.Helper()
	dist, err := Managed(t.Context(), progress.Discard, version)
	if err != nil {
		t.Fatal(err)
	}
	return dist
}

func TestManagedDefault(t *testing.T) {
	d := managed(t, "")
	if d.Version != "3.14.6" || d.Minor != "3.14" || d.LibDirName() != "python3.14" || !d.Managed || d.IsVenv() {
		t.Errorf("unexpected description: %+v", d)
	}
	if runtime.GOOS == "linux" && d.SONAME != "libpython3.14.so.1.0" {
		t.Errorf("SONAME = %q", d.SONAME)
	}
	for _, path := range []string{d.Executable, d.BaseExecutable, d.LibPython, d.Stdlib, filepath.Join(d.Pip, "pip", "__main__.py")} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if len(d.Identity) != 64 {
		t.Errorf("Identity = %q", d.Identity)
	}
}

func TestManagedInterpreterWorks(t *testing.T) {
	d := managed(t, "3.14.6")
	cmd, err := d.Command(t.Context(), "-c", `
import ctypes, decimal, sqlite3, ssl, sys
print(sys.prefix, ssl.OPENSSL_VERSION_INFO[0], sqlite3.connect(":memory:").execute("select 6 * 7").fetchone()[0], sys.flags.isolated)`)
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	if want := d.Prefix + " 3 42 1\n"; err != nil || string(out) != want {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
}

// TestManagedTreeStaysAsUnpacked checks that symbolic links and modes are those
// of the archive, and that running the interpreter adds no file to the tree.
// The tree is one of its own: others may have been run by anybody.
func TestManagedTreeStaysAsUnpacked(t *testing.T) {
	t.Setenv(cachedir.EnvRoot, t.TempDir())
	d := managed(t, "")
	link, err := os.Readlink(filepath.Join(d.Prefix, "bin", "python3"))
	if err != nil || link != "python3.14" {
		t.Errorf("bin/python3 links to %q, %v", link, err)
	}
	before := listTree(t, d.Prefix)
	for _, args := range [][]string{{"-c", "import asyncio"}, {"-m", "json.tool", "--help"}} {
		cmd, err := d.Command(t.Context(), args...)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	if after := listTree(t, d.Prefix); !slices.Equal(before, after) {
		t.Errorf("running the interpreter changed its tree: %d files became %d", len(before), len(after))
	}
	for _, name := range before {
		if strings.HasSuffix(name, ".pyc") {
			t.Errorf("bytecode in the tree: %s", name)
		}
	}
}

func listTree(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestManagedOlderVersion(t *testing.T) {
	d := managed(t, "3.11")
	if d.Version != "3.11.11" || d.Identity == managed(t, "").Identity {
		t.Errorf("got %s with identity %s", d.Version, d.Identity)
	}
}

func TestManagedUnknownVersion(t *testing.T) {
	_, err := Managed(t.Context(), progress.Discard, "3.12")
	if err == nil || !strings.Contains(err.Error(), "there is 3.14.6, 3.11.11, 3.10.16") {
		t.Errorf("got %v", err)
	}
}

func TestUnsupportedPlatform(t *testing.T) {
	_, err := find(Default, "plan9/386")
	want := "no managed CPython for plan9/386; there is one for darwin/amd64, darwin/arm64, linux/amd64, linux/arm64"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// TestReleasesAreWellFormed guards the data that people edit.
func TestReleasesAreWellFormed(t *testing.T) {
	for minor, r := range releases {
		if !strings.HasPrefix(r.python, minor+".") || !strings.Contains(r.version, "-"+r.python+"-") {
			t.Errorf("%s: %s and %s do not belong together", minor, r.python, r.version)
		}
		if err := module.Check(modulePath, r.version); err != nil {
			t.Error(err)
		}
	}
	if _, ok := releases[Default]; !ok {
		t.Errorf("the default %s is not among the releases", Default)
	}
}

func TestWrongSumIsRefused(t *testing.T) {
	r := releases[Default]
	r.sum = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	_, err := r.download(t.Context(), progress.Discard)
	if err == nil || !strings.Contains(err.Error(), "refusing CPython 3.14.6") || !strings.Contains(err.Error(), releases[Default].sum) {
		t.Errorf("got %v", err)
	}
}

// TestFailedDownload asks the go command for a version that does not exist, with
// the network switched off so that nobody else is asked.
func TestFailedDownload(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-mod=vendor")
	_, err := releases[Default].download(t.Context(), progress.Discard)
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "module lookup disabled by GOPROXY=off") {
		t.Errorf("got %v", err)
	}
}

func TestNoGoCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := releases[Default].download(t.Context(), progress.Discard)
	if err == nil || !strings.Contains(err.Error(), "no go command on PATH") {
		t.Errorf("got %v", err)
	}
}

func TestCancelledInstallLeavesNothing(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	t.Setenv(cachedir.EnvRoot, cache)
	ctx, cancel := context.WithCancel(t.Context())
	rep := &recorder{onPhase: func(name string) {
		if strings.HasPrefix(name, "unpack") {
			cancel()
		}
	}}
	if _, err := Managed(ctx, rep, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	entries, err := os.ReadDir(filepath.Join(cache, "python"))
	if err != nil || slices.ContainsFunc(entries, fs.DirEntry.IsDir) {
		t.Errorf("left in the cache: %v, %v", entries, err)
	}
}

// recorder is a Reporter that remembers the names of the phases and how far each
// one got.
type recorder struct {
	mu      sync.Mutex
	phases  []string
	steps   int
	onPhase func(name string)
}

func (r *recorder) Phase(name string, total int) progress.Task {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phases = append(r.phases, name)
	if r.onPhase != nil {
		r.onPhase(name)
	}
	return r
}

func (r *recorder) Step(int, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps++
}

func (r *recorder) Done()       {}
func (r *recorder) Warn(string) {}
func (r *recorder) Note(string) {}

func TestInstallReportsProgress(t *testing.T) {
	t.Setenv(cachedir.EnvRoot, filepath.Join(t.TempDir(), "cache"))
	rep := &recorder{}
	if _, err := Managed(t.Context(), rep, ""); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rep.phases, []string{"download CPython 3.14.6", "unpack CPython 3.14.6"}) || rep.steps < 1000 {
		t.Errorf("phases %q with %d steps", rep.phases, rep.steps)
	}
}
