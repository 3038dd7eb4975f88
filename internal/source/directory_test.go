package source

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func text(t *testing.T, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(filepath.Base(name)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "foo-2.1")
	elftest.Write(t, filepath.Join(dir, "usr/bin/foo"), elftest.Image{Needed: []string{"libfoo.so.2"}, Message: "foo\n"})
	elftest.Write(t, filepath.Join(dir, "usr/lib/libfoo.so.2.1.0"), elftest.Image{SONAME: "libfoo.so.2"})
	link(t, "libfoo.so.2.1.0", filepath.Join(dir, "usr/lib/libfoo.so"))
	link(t, filepath.Join(dir, "usr/bin/foo"), filepath.Join(dir, "usr/bin/bar"))
	link(t, "/etc/passwd", filepath.Join(dir, "usr/share/out"))
	text(t, filepath.Join(dir, "usr/share/man/man1/foo.1"))
	d := draft(t, dir, Options{Licence: "MIT"})
	e := d.Entry
	if e.Name != "foo" || e.Version != "2.1" || e.Kind != store.KindProgram || e.Licence != "MIT" || e.Origin.Source != "foo-2.1" {
		t.Errorf("got %+v", e)
	}
	if d.Sources["lib/libfoo.so.2"] == "" || d.Sources["share/man/man1/foo.1"] == "" || len(d.Sources) != 3 {
		t.Errorf("sources %v", d.Sources)
	}
	for path, target := range map[string]string{"lib/libfoo.so": "libfoo.so.2", "bin/bar": "foo-2.1", "share/out": ""} {
		at := slices.IndexFunc(e.Files, func(f store.File) bool { return f.Path == path })
		if target == "" != (at < 0) || at >= 0 && e.Files[at].Link != target {
			t.Errorf("%s is %d of %+v, want a link to %q", path, at, e.Files, target)
		}
	}
}

func TestNoPrefix(t *testing.T) {
	dir := t.TempDir()
	text(t, filepath.Join(dir, "notes"))
	if s, err := Open(dir, Options{}); err == nil {
		t.Errorf("%s is taken for %T", dir, s)
	}
}
