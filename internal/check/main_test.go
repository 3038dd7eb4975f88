package check

import (
	"archive/zip"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

func TestMain(m *testing.M) { checktest.Main(m) }

// good is a program with extension modules and libraries of its own, as a directory
// ("tree") and as one file ("one"), built once for all tests. It must not be changed.
var good = sync.OnceValues(func() (string, error) { return checktest.Program("hello", goodFlags...) })

// farm is the same program in layout farm, as a directory.
var farm = sync.OnceValues(func() (string, error) {
	return checktest.Directory("hello", append([]string{"--py-layout=farm"}, goodFlags...)...)
})

var goodFlags = []string{
	"--py-requirement", "markupsafe==3.0.3", "--py-hidden-import", "markupsafe._speedups",
	"--py-requirement", "psycopg2-binary==2.9.13", "--py-hidden-import", "psycopg2",
}

// built is the good program: "tree", "one" or "farm".
func built(t *testing.T, form string) string {
	t.Helper()
	program := good
	if form == "farm" {
		program, form = farm, "tree"
	}
	dir, err := program()
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

func wheel(t *testing.T, requirement, platform string) string {
	t.Helper()
	return checktest.WheelFor(t, "3.14", requirement, platform)
}

// The platforms of wheels.
const (
	macARM    = checktest.Arm64
	linuxX86  = checktest.Manylinux
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
	good   string                 // the bundle that it is a copy of
	change func(*bundle.Manifest) // what seal does besides; nil for nothing
}

func newTree(t *testing.T, form string) *tree {
	t.Helper()
	from, dir := built(t, form), filepath.Join(t.TempDir(), "tree")
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
	return &tree{T: t, dir: dir, good: from}
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
	if good, err := os.Lstat(filepath.Join(t.good, e.Path)); err == nil && os.SameFile(good, info) {
		return // its sum is known
	}
	e.SHA256 = sum(t.read(e.Path))
}

// member is the content of a file in an archive whose name ends with suffix.
func member(t *testing.T, archive, suffix string) []byte {
	t.Helper()
	return checktest.Read(t, checktest.Member(t, archive, suffix))
}
