package store

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAddedEntryIsOnTheDisk(t *testing.T) {
	s := open(t)
	d := data(t, "words", "1.0", "share/dict/words", "share/man/man5/words.5", "share/doc/words/copyright")
	d.Entry.Files = []File{{Path: "share/dict/list", Link: "words"}}
	must(t, os.Chmod(d.Sources["share/doc/words/copyright"], 0o755))
	e := add(t, s, d)
	again, err := s.Find("words")
	must(t, err)
	if string(e.encode()) != string(again.encode()) || e.ID() != again.ID() || !strings.HasPrefix(e.ID(), "words,1.0,") {
		t.Errorf("added %s\nfound %s", e.encode(), again.encode())
	}
	tree := s.Tree(e)
	for i := range e.Files {
		f := &e.Files[i]
		name := filepath.Join(tree, f.Path)
		if f.Link != "" {
			if target, err := os.Readlink(name); err != nil || target != "words" {
				t.Errorf("%s leads to %s, %v", name, target, err)
			}
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil || string(text) != "content of "+filepath.Base(f.Path) || f.Size != int64(len(text)) {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
		a, _ := os.Stat(name)
		b, err := os.Stat(s.Object(f.Object, f.Executable))
		must(t, err)
		if !os.SameFile(a, b) {
			t.Errorf("%s is no link to its object", name)
		}
	}
	if f := e.File("share/doc/words/copyright"); f == nil || !f.Executable {
		t.Error("the mode of a file is lost")
	}
	checkClosed(t, s, e)
}

// checkClosed looks for anything in an entry or among the objects that can be written.
func checkClosed(t *testing.T, s *Store, e *Entry) {
	t.Helper()
	for _, dir := range []string{s.Tree(e), s.path(objectsDir)} {
		must(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.Type() == fs.ModeSymlink || d.IsDir() && dir != s.Tree(e) {
				return err
			}
			info, err := d.Info()
			if err == nil && info.Mode()&0o222 != 0 {
				t.Errorf("%s has mode %v", name, info.Mode())
			}
			return err
		}))
	}
}

// sha256sum reads the list that lies beside an entry.
func TestSumsAreForSha256sum(t *testing.T) {
	tool, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("no sha256sum on this machine")
	}
	s := open(t)
	e := add(t, s, data(t, "words", "1.0", "share/a b", `share/back\slash`))
	cmd := exec.Command(tool, "--check", "--strict", "../SHA256SUMS")
	cmd.Dir = s.Tree(e)
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != 2 {
		t.Errorf("%v: %s", err, out)
	}
}

func TestEqualDraftGivesTheEqualEntry(t *testing.T) {
	s := open(t)
	one := add(t, s, data(t, "words", "1.0", "share/a", "share/b"))
	two := add(t, s, data(t, "words", "1.0", "share/a", "share/b"))
	if one.ID() != two.ID() {
		t.Errorf("%s and %s", one.ID(), two.ID())
	}
	other := add(t, s, data(t, "words", "1.1", "share/a", "share/b"))
	if other.ID() == one.ID() {
		t.Error("another version is the same entry")
	}
	entries, err := s.Entries()
	if err != nil || len(entries) != 2 || entries[0].ID() != one.ID() {
		t.Errorf("entries %v, %v", entries, err)
	}
	if n := count(t, s.path(objectsDir)); n != 2 {
		t.Errorf("%d objects for two contents", n)
	}
}

// count counts the files below a directory.
func count(t testing.TB, dir string) (n int) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

// What is derived tells of the final content of the others, and is a file like them.
func TestDerive(t *testing.T) {
	s := open(t)
	d := program(t, "app", "1")
	d.Derive = func(e *Entry) (map[string][]byte, error) {
		return map[string][]byte{"share/sums": []byte(e.File("bin/app-1").Object)}, nil
	}
	e := add(t, s, d)
	got, err := os.ReadFile(filepath.Join(s.Tree(e), "share/sums"))
	must(t, err)
	if f := e.File("bin/app-1"); string(got) != string(f.Object) || f.Original == "" || f.Original == f.Object {
		t.Errorf("derived %q from %+v", got, f)
	}
	if again := add(t, s, d); again.ID() != e.ID() {
		t.Errorf("the same draft gives %s and %s", e.ID(), again.ID())
	}
	d.Derive = func(*Entry) (map[string][]byte, error) { return map[string][]byte{"bin/app-1": nil}, nil }
	if _, err := s.Add(t.Context(), d); err == nil || !strings.Contains(err.Error(), "is derived, and has a source") {
		t.Errorf("a derived file with a source: %v", err)
	}
	d.Derive = func(*Entry) (map[string][]byte, error) { return nil, errors.New("no idea") }
	if _, err := s.Add(t.Context(), d); err == nil || !strings.Contains(err.Error(), "no idea") {
		t.Errorf("a failure: %v", err)
	}
}

func TestAddRefuses(t *testing.T) {
	for want, change := range map[string]func(*Draft){
		"comma":             func(d *Draft) { d.Entry.Name = "a,b" },
		"is empty":          func(d *Draft) { d.Entry.Version = "" },
		"no clean":          func(d *Draft) { d.Sources["../evil"] = d.Sources["share/a"] },
		"both a file":       func(d *Draft) { d.Sources["share/a/b"] = d.Sources["share/a"] },
		"leads out":         func(d *Draft) { d.Entry.Files = []File{{Path: "share/l", Link: "../../x"}} },
		"leads out of":      func(d *Draft) { d.Entry.Files = []File{{Path: "share/l", Link: "/etc/passwd"}} },
		"no such file":      func(d *Draft) { d.Sources["share/c"] = "/nonexistent" },
		"no regular file":   func(d *Draft) { d.Sources["share/c"] = "/dev/null" },
		"has no source":     func(d *Draft) { d.Entry.Files = []File{{Path: "share/c"}} },
		"kind or the origi": func(d *Draft) { d.Entry.Origin = Origin{} },
		"no entry":          func(d *Draft) { d.Entry.Resolved = map[string]string{"libx.so": "x,1,0123456789abcdef"} },
	} {
		t.Run(want, func(t *testing.T) {
			s := open(t)
			d := data(t, "words", "1.0", "share/a")
			change(&d)
			_, err := s.Add(t.Context(), d)
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v", err)
			}
			if n := count(t, s.dir); n > 2 { // README and lock
				t.Errorf("a refused draft left %d files", n)
			}
		})
	}
}

// What a program needs is found among the entries: the newest of that SONAME, and
// nothing for what every machine has.
func TestResolves(t *testing.T) {
	s := open(t)
	old := add(t, s, settledLibrary(t, "libfoo1", "1.9", "libfoo.so.1"))
	add(t, s, settledLibrary(t, "libfoo2", "3", "libfoo.so.2"))
	fresh := add(t, s, settledLibrary(t, "libfoo1", "1.10", "libfoo.so.1", "libc.so.6"))
	e := add(t, s, settledProgram(t, "app", "1", "libfoo.so.1", "libc.so.6", "libgone.so.3"))
	if want := fresh.ID(); len(e.Resolved) != 1 || e.Resolved["libfoo.so.1"] != want {
		t.Errorf("resolved %v, want %s", e.Resolved, want)
	}
	if missing, err := e.Unresolved(); err != nil || !slices.Equal(missing, []string{"libgone.so.3"}) {
		t.Errorf("unresolved %v, %v", missing, err)
	}
	closure, err := s.Closure(e)
	if err != nil || len(closure) != 2 || closure[1].ID() != fresh.ID() {
		t.Errorf("closure %v, %v", closure, err)
	}
	d := settledProgram(t, "app", "1", "libfoo.so.1")
	d.Entry.Resolved = map[string]string{"libfoo.so.1": old.ID()}
	if e := add(t, s, d); e.Resolved["libfoo.so.1"] != old.ID() {
		t.Errorf("what the draft said was not heeded: %v", e.Resolved)
	}
}

// Of several entries that have a library, its own goes before a program's, and one that
// found what it needs before one that was added too early.
func TestLender(t *testing.T) {
	s := open(t)
	early := add(t, s, settledLibrary(t, "libfoo1", "1", "libfoo.so.1", "libbase.so.0"))
	add(t, s, settledLibrary(t, "libbase0", "1", "libbase.so.0"))
	whole := add(t, s, settledLibrary(t, "libfoo1", "1", "libfoo.so.1", "libbase.so.0"))
	d := settledProgram(t, "zzz", "9")
	d.Sources["lib/libfoo.so.1"] = settledLibrary(t, "x", "1", "libfoo.so.1").Sources["lib/libfoo.so.1"]
	if add(t, s, d).Provides["libfoo.so.1"] == "" || early.ID() == whole.ID() {
		t.Fatal("there is nothing to choose")
	}
	if e := add(t, s, settledProgram(t, "app", "1", "libfoo.so.1")); e.Resolved["libfoo.so.1"] != whole.ID() {
		t.Errorf("resolved %v, want %s", e.Resolved, whole.ID())
	}
}

func TestWhich(t *testing.T) {
	s := open(t)
	d := library(t, "libfoo1", "1", "libfoo.so.1")
	e := add(t, s, d)
	f := e.File("lib/libfoo.so.1")
	if f.Original == "" || f.Original == f.Object {
		t.Fatalf("the library was not changed: %+v", f)
	}
	for _, h := range []Hash{f.Object, f.Original} {
		refs, err := s.Which(h)
		if err != nil || len(refs) != 1 || refs[0].Path != f.Path || refs[0].Entry.ID() != e.ID() {
			t.Errorf("which %s: %v, %v", h, refs, err)
		}
	}
	if refs, err := s.Which(hashOf(nil)); err != nil || len(refs) != 0 {
		t.Errorf("which of nothing: %v, %v", refs, err)
	}
}
