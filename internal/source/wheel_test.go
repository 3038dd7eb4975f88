package source

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheeltest"
)

// openStore opens an empty store.
func openStore(t *testing.T) *store.Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		_ = readonly.Remove(dir)
	})
	return s
}

// added reads a source into a store.
func added(t *testing.T, s *store.Store, name string, o Options) []*store.Entry {
	t.Helper()
	src, err := Open(name, o)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	drafts, err := src.Drafts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var entries []*store.Entry
	for _, d := range drafts {
		e, err := s.Add(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

// nativeWheel has an extension module that needs a library of its own wheel, as
// auditwheel leaves them, and a script.
func nativeWheel(t *testing.T) wheeltest.Wheel {
	t.Helper()
	dir := t.TempDir()
	read := func(image elftest.Image) string {
		file := filepath.Join(dir, "x")
		elftest.Write(t, file, image)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	return wheeltest.Wheel{Name: "Nat.ive", Version: "1.0", Tag: "cp314-cp314-manylinux_2_17_x86_64", Files: map[string]string{
		"native/__init__.py":                     "def main(): print('native')\n",
		"native/ext.so":                          read(elftest.Image{Needed: []string{"libown-1.so"}, Runpath: "$ORIGIN/../Nat_ive.libs"}),
		"Nat_ive.libs/libown-1.so":               read(elftest.Image{SONAME: "libown-1.so"}),
		"Nat_ive-1.0.dist-info/entry_points.txt": "[console_scripts]\nnative = native:main\n",
	}}
}

func saved(t *testing.T, w wheeltest.Wheel) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), w.FileName())
	if err := os.WriteFile(path, w.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWheel: the entry's native files find one another where they are, and RECORD
// says what every file is, changed or not.
func TestWheel(t *testing.T) {
	s := openStore(t)
	path := saved(t, nativeWheel(t))
	entries := added(t, s, path, Options{})
	if len(entries) != 1 {
		t.Fatalf("%d entries", len(entries))
	}
	e := entries[0]
	data, _ := os.ReadFile(path)
	sum := sha256.Sum256(data)
	want := store.Origin{Kind: "wheel", Name: "Nat.ive", Version: "1.0", Source: filepath.Base(path), SHA256: store.Hash(hex.EncodeToString(sum[:]))}
	if e.Name != "nat-ive" || e.Kind != store.KindDistribution || e.Origin != want {
		t.Errorf("got %+v", e)
	}
	ext := e.File("site-packages/native/ext.so")
	if ext == nil || ext.Original == "" || strings.Join(ext.Native.Runpath, ":") != "$ORIGIN:$ORIGIN/ext.so_deps:$ORIGIN/common_libs:$ORIGIN/../Nat_ive.libs" {
		t.Errorf("extension %+v", ext)
	}
	checkRecord(t, s, e, "site-packages/Nat_ive-1.0.dist-info/RECORD")
}

// checkRecord compares RECORD with the files, installed as lib/pythonX.Y/site-packages.
func checkRecord(t *testing.T, s *store.Store, e *store.Entry, name string) {
	t.Helper()
	f, err := os.Open(filepath.Join(s.Tree(e), name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, row := range rows {
		path, outside := strings.CutPrefix(row[0], "../../../")
		if !outside {
			path = "site-packages/" + path
		}
		data, err := os.ReadFile(filepath.Join(s.Tree(e), path))
		if err != nil {
			t.Error(err)
			continue
		}
		files++
		sum := sha256.Sum256(data)
		want := []string{"sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]), fmt.Sprint(len(data))}
		if path != name && (row[1] != want[0] || row[2] != want[1]) {
			t.Errorf("RECORD says %q, and it is %q", row, want)
		}
	}
	for _, f := range e.Files {
		if f.Link == "" {
			files--
		}
	}
	if files != 0 {
		t.Errorf("RECORD lists %d files more than there are", files)
	}
}

// TestRequirement: what is fetched gives the entry that the wheel gives, and what it
// requires one of its own.
func TestRequirement(t *testing.T) {
	native := nativeWheel(t)
	other := wheeltest.Wheel{Name: "other", Version: "2", Requires: []string{"nat.ive>=1"}}
	wheeltest.Serve(t, native, other).Use(t)
	s := openStore(t)
	fromWheel := added(t, s, saved(t, native), Options{})[0]
	entries := added(t, s, "other==2", Options{})
	if len(entries) != 2 || entries[0].ID() != fromWheel.ID() || entries[1].Name != "other" {
		for _, e := range entries {
			t.Errorf("%s: %+v", e.ID(), e)
		}
		t.Errorf("the wheel: %+v", fromWheel)
	}
	checkRecord(t, s, entries[1], "site-packages/other-2.dist-info/RECORD")
}

// TestKeep: what is there stays, unless that is not enough.
func TestKeep(t *testing.T) {
	wheel := func(name, version string, requires ...string) wheeltest.Wheel {
		return wheeltest.Wheel{Name: name, Version: version, Requires: requires}
	}
	wheeltest.Serve(t, wheel("a", "1"), wheel("a", "2"), wheel("a", "3"), wheel("b", "1", "a>=1"), wheel("c", "1", "a>=2")).Use(t)
	for spec, want := range map[string]string{"b": "1", "b>=1": "1", "c": "3", "a": "1", "a==2": "2"} {
		src, err := Open(spec, Options{Keep: map[string]string{"a": "1", "unrelated": "7"}})
		if err != nil {
			t.Fatal(err)
		}
		drafts, err := src.Drafts(t.Context())
		if err != nil || drafts[0].Entry.Name != "a" || drafts[0].Entry.Version != want || len(drafts) > 2 {
			t.Errorf("%s: %+v, %v", spec, drafts, err)
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestRequirementNotForHere(t *testing.T) {
	wheeltest.Serve(t, wheeltest.Wheel{Name: "other", Version: "2"}).Use(t)
	src, err := Open("other; sys_platform == 'win32'", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := src.Drafts(t.Context()); err == nil || !strings.Contains(err.Error(), "not for this machine") {
		t.Errorf("got %v", err)
	}
}

func TestDamagedWheel(t *testing.T) {
	files := wheeltest.Wheel{Name: "a", Version: "1", Files: map[string]string{"a.py": "x = 1\n"}}.Contents()
	files["a.py"] = "x = 2\n"
	path := filepath.Join(t.TempDir(), "a-1-py3-none-any.whl")
	if err := os.WriteFile(path, wheeltest.Archive(files), 0o644); err != nil {
		t.Fatal(err)
	}
	src, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := src.Drafts(t.Context()); err == nil || !strings.Contains(err.Error(), "a.py: its content is not what RECORD says") {
		t.Errorf("got %v", err)
	}
}
