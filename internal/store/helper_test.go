package store

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

func open(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "data"))
}

func openAt(t testing.TB, dir string, options ...Option) *Store {
	t.Helper()
	s, err := Open(dir, options...)
	must(t, err)
	t.Cleanup(func() {
		must(t, s.Close())
		_ = readonly.Remove(dir) // its directories cannot be written to
	})
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write makes a file and the directories it needs.
func write(t testing.TB, path, text string, mode os.FileMode) string {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), mode))
	return path
}

// data is a draft of plain files, whose content is that of their name.
func data(t testing.TB, name, version string, files ...string) Draft {
	t.Helper()
	dir := t.TempDir()
	d := Draft{Entry: Entry{Name: name, Version: version, Kind: KindData, Origin: Origin{Kind: "directory"}}, Sources: map[string]string{}}
	for _, file := range files {
		d.Sources[file] = write(t, filepath.Join(dir, file), "content of "+filepath.Base(file), 0o644)
	}
	return d
}

// program and library are drafts of one real ELF file each, as it was built: pyhelper
// sets its search path.
func program(t testing.TB, name, version string, needed ...string) Draft {
	return native(t, KindProgram, "bin/"+name, name, version, elftest.Image{Needed: needed, Message: name + " " + version + "\n"})
}

func library(t testing.TB, name, version, soname string, needed ...string) Draft {
	return native(t, KindLibrary, "lib/"+soname, name, version, elftest.Image{SONAME: soname, Needed: needed})
}

// settledProgram and settledLibrary have the search path of the store already, and need
// no pyhelper.
func settledProgram(t testing.TB, name, version string, needed ...string) Draft {
	return native(t, KindProgram, "bin/"+name, name, version, elftest.Image{
		Needed: needed, Runpath: settled(name + "-" + version), Message: name + " " + version + "\n",
	})
}

func settledLibrary(t testing.TB, name, version, soname string, needed ...string) Draft {
	return native(t, KindLibrary, "lib/"+soname, name, version, elftest.Image{SONAME: soname, Needed: needed, Runpath: settled(soname)})
}

func settled(file string) string {
	return "$ORIGIN:$ORIGIN/" + file + depsSuffix + ":$ORIGIN/" + commonLibs
}

func native(t testing.TB, kind, path, name, version string, image elftest.Image) Draft {
	t.Helper()
	file := filepath.Join(t.TempDir(), filepath.Base(path))
	elftest.Write(t, file, image)
	return Draft{
		Entry:   Entry{Name: name, Version: version, Kind: kind, Origin: Origin{Kind: "file"}},
		Sources: map[string]string{path: file},
	}
}

func add(t testing.TB, s *Store, d Draft) *Entry {
	t.Helper()
	e, err := s.Add(t.Context(), d)
	must(t, err)
	return e
}
