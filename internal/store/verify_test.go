package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

// flip changes one byte of a file in place, and neither its size, mode nor time.
func flip(t testing.TB, name string) {
	t.Helper()
	info, err := os.Stat(name)
	must(t, err)
	data, err := os.ReadFile(name)
	must(t, err)
	data[len(data)/2] ^= 1
	must(t, os.Chmod(name, 0o644))
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.Write(data)
	must(t, err)
	must(t, f.Close())
	must(t, os.Chmod(name, info.Mode()))
	must(t, os.Chtimes(name, info.ModTime(), info.ModTime()))
}

// A flipped byte is found, with the names of all files that have it, and repaired by an
// import: in the object and in the trees of all entries that share it.
func TestFlippedByteIsFoundAndRepaired(t *testing.T) {
	s := open(t)
	one := add(t, s, data(t, "words", "1.0", "share/a", "share/b"))
	two := add(t, s, data(t, "words", "1.1", "share/a"))
	archive := export(t, s, one.ID())
	f := one.File("share/a")
	flip(t, s.Object(f.Object, false))
	problems, err := s.Verify(t.Context())
	must(t, err)
	want := fmt.Sprintf("[objects/%s/%s-r has another content; it is %s: share/a, %s: share/a]", f.Object[:2], f.Object, one.ID(), two.ID())
	if fmt.Sprint(problems) != want {
		t.Fatalf("found %v\nwant %s", problems, want)
	}
	_, err = s.Import(t.Context(), bytes.NewReader(archive))
	must(t, err)
	sound(t, s)
	for _, e := range []*Entry{one, two} {
		a, err := os.Stat(filepath.Join(s.Tree(e), "share/a"))
		must(t, err)
		b, err := os.Stat(s.Object(f.Object, false))
		must(t, err)
		if !os.SameFile(a, b) {
			t.Errorf("%s has the old file", e.ID())
		}
	}
	checkClosed(t, s, one)
	checkClosed(t, s, two)
}

// Everything that can be wrong with a store is told, and an import repairs it.
func TestDamage(t *testing.T) {
	for name, test := range map[string]struct {
		damage func(s *Store, e *Entry) error
		want   string
	}{
		"no object":     {func(s *Store, e *Entry) error { return os.Remove(s.Object(e.Files[0].Object, false)) }, "-r is missing; it is words,"},
		"writable":      {func(s *Store, e *Entry) error { return os.Chmod(s.Object(e.Files[0].Object, false), 0o644) }, "-r has mode -rw-r--r--"},
		"entry.json":    {func(s *Store, e *Entry) error { flip(t, s.path(entriesDir, e.ID(), entryFile)); return nil }, "entry.json is damaged"},
		"no sums":       {func(s *Store, e *Entry) error { return os.Remove(s.path(entriesDir, e.ID(), sumsFile)) }, "SHA256SUMS is not the list"},
		"no file":       {inTree("share/a", os.Remove), "files/share/a is missing, or not what it should be"},
		"a copy":        {inTree("share/a", rewriteFile), "files/share/a is missing, or not what it should be"},
		"another link":  {inTree("share/l", func(f string) error { _ = os.Remove(f); return os.Symlink("b", f) }), "files/share/l is missing, or not"},
		"open":          {inTree("share", func(f string) error { return nil }), "files can be written to (mode 0755)"},
		"a directory":   {inTree("share/a", func(f string) error { _ = os.Remove(f); return os.Mkdir(f, 0o755) }), "files/share/a is missing, or not"},
		"no directory":  {inTree("share", func(f string) error { return readonly.Remove(f) }), "files/share/l is missing, or not"},
		"for directory": {inTree("share", func(f string) error { _ = readonly.Remove(f); return os.WriteFile(f, nil, 0o644) }), "files/share/a is missing, or not"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			d := data(t, "words", "1.0", "share/a", "share/b")
			d.Entry.Files = []File{{Path: "share/l", Link: "a"}}
			e := add(t, s, d)
			archive := export(t, s, e.ID())
			must(t, test.damage(s, e))
			problems, err := s.Verify(t.Context())
			if err != nil || !strings.Contains(fmt.Sprint(problems), test.want) {
				t.Errorf("found %v, %v", problems, err)
			}
			_, err = s.Import(t.Context(), bytes.NewReader(archive))
			must(t, err)
			if name != "for directory" { // the file is no longer in the way, and was told of
				sound(t, s)
			}
			checkClosed(t, s, e)
		})
	}
}

func inTree(path string, damage func(string) error) func(*Store, *Entry) error {
	return func(s *Store, e *Entry) error {
		name := filepath.Join(s.Tree(e), path)
		if err := os.Chmod(s.Tree(e), 0o755); err != nil {
			return err
		}
		if dir := filepath.Dir(name); dir != s.Tree(e) {
			if err := os.Chmod(dir, 0o755); err != nil {
				return err
			}
		}
		return damage(name)
	}
}

func rewriteFile(name string) error {
	if err := os.WriteFile(name+"~", []byte("mine"), 0o444); err != nil {
		return err
	}
	return os.Rename(name+"~", name)
}

// What was put into a tree, and what is needed and gone, is told too.
func TestStrangers(t *testing.T) {
	s := open(t)
	e := family(t, s)
	must(t, inTree("bin/mine", func(f string) error { return os.WriteFile(f, nil, 0o644) })(s, e))
	must(t, s.Root("env", []string{e.ID()}))
	must(t, os.Rename(s.path(entriesDir, e.Resolved["libfoo.so.1"]), s.path("gone")))
	must(t, os.WriteFile(s.rootPath("other"), []byte("none,1,0123456789abcdef\n"), 0o600))
	problems, err := s.Verify(t.Context())
	must(t, err)
	for _, want := range []string{"files/bin/mine does not belong to the entry", "for libfoo.so.1, which is not there", "roots/other needs none,1,0123456789abcdef, which is not there"} {
		if !strings.Contains(fmt.Sprint(problems), want) {
			t.Errorf("%v do not tell that %s", problems, want)
		}
	}
}

// Where there are no links an entry has copies, which are compared by content.
func TestCopies(t *testing.T) {
	s := open(t)
	s.link = func(string, string) error { return os.ErrPermission }
	e := add(t, s, data(t, "words", "1.0", "share/a", "share/b"))
	archive := export(t, s, e.ID())
	sound(t, s)
	flip(t, filepath.Join(s.Tree(e), "share/a"))
	problems, err := s.Verify(t.Context())
	if err != nil || len(problems) != 1 || problems[0].Path != "entries/"+e.ID()+"/files/share/a" {
		t.Errorf("problems %v, %v", problems, err)
	}
	_, err = s.Import(t.Context(), bytes.NewReader(archive))
	must(t, err)
	sound(t, s)
	must(t, s.Close())
	if r, err := s.GC(t.Context(), false); err != nil || r.Bytes != e.Size {
		t.Errorf("removed %v, %v", r, err)
	}
}
