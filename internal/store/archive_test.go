package store

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// family adds a program and two libraries that it is resolved against.
func family(t testing.TB, s *Store) *Entry {
	t.Helper()
	add(t, s, settledLibrary(t, "libbase0", "1", "libbase.so.0"))
	add(t, s, settledLibrary(t, "libfoo1", "1", "libfoo.so.1", "libbase.so.0"))
	return add(t, s, settledProgram(t, "app", "1", "libfoo.so.1"))
}

func export(t testing.TB, s *Store, ids ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, s.Export(t.Context(), &b, ids...))
	return b.Bytes()
}

func sound(t testing.TB, s *Store) {
	t.Helper()
	problems, err := s.Verify(t.Context())
	if err != nil || len(problems) != 0 {
		t.Errorf("problems %v, %v", problems, err)
	}
	if left, _ := os.ReadDir(s.path(workDir)); len(left) != 0 {
		t.Errorf("work holds %v", left)
	}
}

func TestExportAndImport(t *testing.T) {
	s, other := open(t), open(t)
	e := family(t, s)
	archive := export(t, s, e.ID())
	got, err := other.Import(t.Context(), bytes.NewReader(archive))
	must(t, err)
	if len(got) != 3 || got[2].ID() != e.ID() {
		t.Errorf("imported %v", got)
	}
	sound(t, other)
	if again := export(t, other, e.ID()); !bytes.Equal(again, archive) {
		t.Error("another archive of the same entries")
	}
	if _, err := other.Import(t.Context(), bytes.NewReader(archive)); err != nil {
		t.Errorf("a second time: %v", err)
	}
	sound(t, other)
}

// tar alone makes a store of an archive, links and modes included.
func TestTarUnpacksAnArchive(t *testing.T) {
	if _, err := exec.LookPath("tar"); err != nil {
		t.Skip("no tar on this machine")
	}
	s, other := open(t), open(t)
	e := family(t, s)
	cmd := exec.Command("tar", "xf", "-", "-C", other.dir)
	cmd.Stdin = bytes.NewReader(export(t, s, e.ID()))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sound(t, other)
	found, err := other.Find("app")
	must(t, err)
	a, err := os.Stat(filepath.Join(other.Tree(found), "bin/app-1"))
	must(t, err)
	b, err := os.Stat(other.Object(found.File("bin/app-1").Object, true))
	must(t, err)
	if !os.SameFile(a, b) {
		t.Error("the tree has copies")
	}
}

// rewrite changes members of an archive.
func rewrite(t *testing.T, archive []byte, change func(h *tar.Header, data []byte) []byte) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		data, err := io.ReadAll(r)
		must(t, err)
		if data = change(h, data); data == nil {
			continue
		}
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(data))
		}
		must(t, w.WriteHeader(h))
		_, err = w.Write(data)
		must(t, err)
	}
	must(t, w.Close())
	return &b
}

// Nothing of a bad archive gets a name that counts.
func TestImportRefuses(t *testing.T) {
	s := open(t)
	e := add(t, s, data(t, "words", "1.0", "share/a", "share/b"))
	archive := export(t, s, e.ID())
	isObject := func(h *tar.Header) bool { return strings.HasPrefix(h.Name, "objects/") }
	isEntry := func(h *tar.Header) bool { return strings.HasSuffix(h.Name, "/entry.json") }
	for want, change := range map[string]func(h *tar.Header, data []byte) []byte{
		"is not what it was said to be": func(h *tar.Header, data []byte) []byte {
			if isObject(h) {
				data[0] ^= 1
			}
			return data
		},
		"no such file": func(h *tar.Header, data []byte) []byte {
			if isObject(h) {
				return nil
			}
			return data
		},
		"another content than its name says": func(h *tar.Header, data []byte) []byte {
			if isEntry(h) {
				return bytes.Replace(data, []byte(`"1.0"`), []byte(`"1.1"`), 1)
			}
			return data
		},
		"no clean relative path": func(h *tar.Header, data []byte) []byte {
			if isEntry(h) {
				data = bytes.Replace(data, []byte(`"share/a"`), []byte(`"../../a"`), 1)
				h.Name = "entries/words,1.0," + string(hashOf(data)[:idDigits]) + "/entry.json"
			}
			return data
		},
		"schema 2": func(h *tar.Header, data []byte) []byte {
			if isEntry(h) {
				return bytes.Replace(data, []byte(`"schema": 1`), []byte(`"schema": 2`), 1)
			}
			return data
		},
		`has an object "..x"`: func(h *tar.Header, data []byte) []byte {
			if isObject(h) {
				h.Name = "objects/00/..x"
			}
			return data
		},
	} {
		t.Run(want, func(t *testing.T) {
			other := open(t)
			_, err := other.Import(t.Context(), rewrite(t, archive, change))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v", err)
			}
			if ids, err := other.ids(); err != nil || len(ids) != 0 {
				t.Errorf("entries %v, %v", ids, err)
			}
			if n := count(t, other.path(objectsDir)); n != 0 {
				t.Errorf("%d objects", n)
			}
			sound(t, other)
		})
	}
	if _, err := open(t).Import(t.Context(), strings.NewReader("no archive")); err == nil {
		t.Error("text was imported")
	}
	for n := 0; n < len(archive); n += 256 {
		if _, err := open(t).Import(t.Context(), bytes.NewReader(archive[:n])); err == nil {
			t.Errorf("%d of %d bytes were imported", n, len(archive))
		}
	}
}

// An entry needs those that it was resolved against.
func TestImportWithoutWhatIsNeeded(t *testing.T) {
	s, other := open(t), open(t)
	e := family(t, s)
	_, err := other.Put(t.Context(), e, s.OpenObject)
	var missing *MissingError
	if !errors.As(err, &missing) || !strings.HasPrefix(missing.Pattern, "libfoo1,1,") {
		t.Errorf("got %v", err)
	}
}

func TestExportRefusesDamage(t *testing.T) {
	s := open(t)
	e := add(t, s, data(t, "words", "1.0", "share/a"))
	flip(t, s.Object(e.Files[0].Object, false))
	if err := s.Export(t.Context(), io.Discard, e.ID()); err == nil || !strings.Contains(err.Error(), "share/a") {
		t.Errorf("got %v", err)
	}
	if err := s.Export(t.Context(), io.Discard, "none,1,0123456789abcdef"); err == nil {
		t.Error("an entry that is not there was exported")
	}
}

// Long paths take pax records, which tar and Import read.
func TestLongPaths(t *testing.T) {
	s, other := open(t), open(t)
	long := "share/" + strings.Repeat("directory/", 30) + strings.Repeat("n", 200)
	e := add(t, s, data(t, "long", "1", long, "share/naïve"))
	got, err := other.Import(t.Context(), bytes.NewReader(export(t, s, e.ID())))
	must(t, err)
	if !slices.EqualFunc(got[0].Files, e.Files, func(a, b File) bool { return a.Path == b.Path && a.Object == b.Object }) {
		t.Errorf("got %v", got[0].Files)
	}
	sound(t, other)
}
