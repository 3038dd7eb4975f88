package check

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

const repository = "../.."

var scratch string // for what several tests use

// The tests use the cache that LLGO_PY_CACHE names, and otherwise one of their own.
func TestMain(m *testing.M) {
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

// front is the llgo command.
var front = sync.OnceValues(func() (string, error) {
	llgo := filepath.Join(scratch, "llgo")
	return llgo, start(repository, "go", "build", "-o", llgo, "./cmd/llgo")
})

// good is a program with extension modules and libraries of its own, as a directory
// ("tree") and as one file ("one"), built once for all tests. It must not be changed.
var good = sync.OnceValues(func() (string, error) {
	llgo, err := front()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(scratch, "good")
	app := filepath.Join(repository, "testdata", "apps", "hello")
	for _, form := range [][]string{{"--py-onedir", "-o", filepath.Join(dir, "tree", "hello")}, {"--py-onefile", "-o", filepath.Join(dir, "one")}} {
		args := slices.Concat([]string{"build", "--py-compiler=go"}, form, []string{
			"--py-requirement", "markupsafe==3.0.3", "--py-hidden-import", "markupsafe._speedups",
			"--py-requirement", "psycopg2-binary==2.9.13", "--py-hidden-import", "psycopg2", ".",
		})
		if err := start(app, llgo, args...); err != nil {
			return "", err
		}
	}
	return dir, nil
})

func start(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

func built(t *testing.T, form string) string {
	t.Helper()
	dir, err := good()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, form)
}

// recorder keeps what it is told.
type recorder struct {
	containers []finding.Container
	findings   []finding.Finding
	verdicts   []finding.Verdict
}

func (r *recorder) Config(*finding.Config) error { return nil }
func (r *recorder) Container(m *finding.Container) error {
	r.containers = append(r.containers, *m)
	return nil
}
func (r *recorder) Finding(m *finding.Finding) error { r.findings = append(r.findings, *m); return nil }
func (r *recorder) Verdict(m *finding.Verdict) error { r.verdicts = append(r.verdicts, *m); return nil }
func (r *recorder) Summary(*finding.Summary) error   { return nil }

// options are those of a check with Go's readers alone, which takes no time to speak
// of, or with all of them and the Python modules.
func options(t *testing.T, all bool, paths ...string) Options {
	t.Helper()
	p, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{Paths: paths, Policy: p, FailOn: finding.Error, Facts: facts.Options{NoPython: !all}}
	if all {
		if opts.Facts.Helper, err = helper.Open(t.Context(), progress.Discard); err != nil {
			t.Fatal(err)
		}
	}
	return opts
}

func run(t *testing.T, opts Options) *recorder {
	t.Helper()
	r := &recorder{}
	if _, err := Run(t.Context(), opts, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// wheel downloads a wheel, by the managed interpreter's pip, once for all runs. The
// platforms are those that pip may choose from.
func wheel(t *testing.T, requirement string, platforms ...string) string {
	t.Helper()
	root, err := cachedir.Root()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "test-wheels", "check", requirement+"-"+platforms[0])
	err = cachedir.Ensure(t.Context(), dir, func(work string) error { return download(t.Context(), work, requirement, platforms) })
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v %v", found, err)
	}
	return found[0]
}

func download(ctx context.Context, dir, requirement string, platforms []string) error {
	dist, err := pydist.Managed(ctx, progress.Discard, pydist.Default)
	if err != nil {
		return err
	}
	args := []string{
		filepath.Join(dist.Pip, "pip", "__main__.py"), "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--python-version", "3.14",
		"--disable-pip-version-check", "--dest", dir, requirement,
	}
	for _, p := range platforms {
		args = append(args, "--platform", p)
	}
	cmd, err := dist.Command(ctx, args...)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// The platforms of wheels.
const (
	macARM    = "macosx_11_0_arm64"
	linuxX86  = "manylinux2014_x86_64"
	linuxX86b = "manylinux_2_28_x86_64" // for those that have given up the older one
)

// unzip extracts a wheel.
func unzip(t *testing.T, archive string) string {
	t.Helper()
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dir := t.TempDir()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	return dir
}

// rezip makes a wheel of a directory, under the name of another.
func rezip(t *testing.T, dir, name string) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), filepath.Base(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	if err := z.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Name()
}

// tree is a copy of the good bundle that may be changed. Files are links to the good
// ones until they are.
type tree struct {
	*testing.T
	dir    string
	change func(*bundle.Manifest) // what seal does besides; nil for nothing
}

func newTree(t *testing.T) *tree {
	t.Helper()
	from, dir := built(t, "tree"), filepath.Join(t.TempDir(), "tree")
	err := filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, name)
		to := filepath.Join(dir, rel)
		switch {
		case e.IsDir():
			return os.MkdirAll(to, 0o755)
		case e.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(name)
			if err != nil {
				return err
			}
			return os.Symlink(target, to)
		}
		return os.Link(name, to)
	})
	if err != nil {
		t.Fatal(err)
	}
	return &tree{T: t, dir: dir}
}

func (t *tree) path(name string) string { return filepath.Join(t.dir, filepath.FromSlash(name)) }

func (t *tree) must(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (t *tree) read(name string) []byte {
	t.Helper()
	data, err := os.ReadFile(t.path(name))
	t.must(err)
	return data
}

// write replaces a file, or adds one.
func (t *tree) write(name string, data []byte) {
	t.Helper()
	mode := fs.FileMode(0o644)
	if info, err := os.Lstat(t.path(name)); err == nil {
		mode = info.Mode().Perm()
		t.must(os.Remove(t.path(name))) // the good one keeps its content
	}
	t.must(os.MkdirAll(filepath.Dir(t.path(name)), 0o755))
	t.must(os.WriteFile(t.path(name), data, mode))
	t.must(os.Chmod(t.path(name), mode))
}

func (t *tree) remove(name string) { t.Helper(); t.must(os.Remove(t.path(name))) }

func (t *tree) rename(from, to string) {
	t.Helper()
	t.must(os.MkdirAll(filepath.Dir(t.path(to)), 0o755))
	t.must(os.Rename(t.path(from), t.path(to)))
}

// chmod gives a file a mode of its own.
func (t *tree) chmod(name string, mode fs.FileMode) {
	t.Helper()
	t.write(name, t.read(name))
	t.must(os.Chmod(t.path(name), mode))
}

func (t *tree) symlink(target, name string) { t.Helper(); t.must(os.Symlink(target, t.path(name))) }

// seal writes the manifest again, so that what was changed counts as built like that.
func (t *tree) seal(change func(*bundle.Manifest)) {
	t.Helper()
	m, err := bundle.ReadManifest(t.dir)
	t.must(err)
	old := map[string]bundle.Entry{}
	for _, e := range m.Files {
		old[e.Path] = e
	}
	m.Files = nil
	_ = filepath.WalkDir(t.dir, func(name string, e fs.DirEntry, _ error) error {
		rel, _ := filepath.Rel(t.dir, name)
		if e.IsDir() || rel == "python/manifest.json" {
			return nil
		}
		entry, ok := old[rel]
		if !ok {
			entry = bundle.Entry{Path: rel, Kind: bundle.Data, Origin: bundle.FromApp}
		}
		m.Files = append(m.Files, entry)
		return nil
	})
	for i := range m.Files {
		t.measure(&m.Files[i])
	}
	if change != nil {
		change(m)
	}
	data, err := json.Marshal(m)
	t.must(err)
	t.write("python/manifest.json", data)
}

// measure fills an entry of a manifest by what is on the disk.
func (t *tree) measure(e *bundle.Entry) {
	info, err := os.Lstat(t.path(e.Path))
	t.must(err)
	if info.Mode()&fs.ModeSymlink != 0 {
		e.Kind, e.Mode, e.Size, e.SHA256 = bundle.Symlink, "", 0, ""
		e.Link, err = os.Readlink(t.path(e.Path))
		t.must(err)
		return
	}
	e.Mode, e.Size = "0644", info.Size()
	if info.Mode()&0o100 != 0 {
		e.Mode = "0755"
	}
	if good, err := os.Lstat(filepath.Join(built(t.T, "tree"), e.Path)); err == nil && os.SameFile(good, info) {
		return // its sum is known
	}
	e.SHA256 = sum(t.read(e.Path))
}

// member is the content of a file in an archive whose name ends with suffix.
func member(t *testing.T, archive, suffix string) []byte {
	t.Helper()
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, suffix) {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	t.Fatalf("no %s in %s", suffix, archive)
	return nil
}
