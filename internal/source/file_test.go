package source

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// drafts reads a source, which has one entry.
func draft(t *testing.T, name string, o Options) store.Draft {
	t.Helper()
	s, err := Open(name, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	list, err := s.Drafts(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	return list[0]
}

func TestFiles(t *testing.T) {
	for _, test := range []struct {
		file, soname             string
		name, version, kind, has string
	}{
		{"foo", "", "foo", "0", store.KindProgram, "bin/foo-0"},
		{"foo-1.2", "", "foo", "1.2", store.KindProgram, "bin/foo-1.2"},
		{"x86_64-linux-gnu-ld", "", "x86_64-linux-gnu-ld", "0", store.KindProgram, "bin/x86_64-linux-gnu-ld-0"},
		{"libz.so.1.2.13", "libz.so.1", "libz", "1.2.13", store.KindLibrary, "lib/libz.so.1"},
		{"libz.so", "libz.so.1", "libz", "1", store.KindLibrary, "lib/libz.so.1"},
		{"libfoo-2.4.so", "", "libfoo", "2.4", store.KindLibrary, "lib/libfoo-2.4.so"},
		{"plugin.so", "", "plugin", "0", store.KindLibrary, "lib/plugin.so"},
	} {
		t.Run(test.file, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), test.file)
			image := elftest.Image{SONAME: test.soname}
			if test.kind == store.KindProgram {
				image.Message = "x\n"
			}
			elftest.Write(t, file, image)
			d := draft(t, file, Options{})
			e := d.Entry
			if e.Name != test.name || e.Version != test.version || e.Kind != test.kind || d.Sources[test.has] != file {
				t.Errorf("got %+v from %v", e, d.Sources)
			}
			if without := (store.File{Path: "bin/" + test.name, Link: path.Base(test.has)}); e.Kind == store.KindProgram && e.Files[1] != without {
				t.Errorf("got %+v", e.Files)
			}
			if e.Origin.Kind != "file" || e.Origin.Source != test.file || len(e.Origin.SHA256) != 64 {
				t.Errorf("origin %+v", e.Origin)
			}
		})
	}
}

// A library is found by the link that leads to it, under the name that has a version.
func TestLinkToALibrary(t *testing.T) {
	dir := t.TempDir()
	elftest.Write(t, filepath.Join(dir, "libz.so.1.2.13"), elftest.Image{SONAME: "libz.so.1"})
	if err := os.Symlink("libz.so.1.2.13", filepath.Join(dir, "libz.so")); err != nil {
		t.Fatal(err)
	}
	e := draft(t, filepath.Join(dir, "libz.so"), Options{}).Entry
	if e.Version != "1.2.13" || len(e.Files) != 1 || e.Files[0] != (store.File{Path: "lib/libz.so.1.2.13", Link: "libz.so.1"}) {
		t.Errorf("got %+v", e)
	}
}

func TestScriptWithOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hello.sh")
	if err := os.WriteFile(file, []byte("#!/bin/sh\necho hello\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	e := draft(t, file, Options{Name: "hello", Version: "3", Licence: "MIT"}).Entry
	if e.Name != "hello" || e.Version != "3" || e.Licence != "MIT" || e.Kind != store.KindProgram || e.Files[0].Path != "bin/hello" {
		t.Errorf("got %+v", e)
	}
}

func TestUnknown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(file, []byte("text"), 0o755); err != nil {
		t.Fatal(err)
	}
	var unknown *UnknownError
	if _, err := Open(file, Options{}); !errors.As(err, &unknown) || unknown.Hint() == "" {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{file + ".gone", "jq_1.7_amd64.deb", "libz.so.1", "a-1-py3-none-any.whl"} {
		if _, err := Open(name, Options{}); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
