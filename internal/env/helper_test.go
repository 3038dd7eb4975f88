package env

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// asTheyAre is for files whose search path is already what a store wants.
type asTheyAre struct{}

func (asTheyAre) Relocate(context.Context, []helper.RelocateJob) ([]helper.RelocateFailed, error) {
	return nil, errors.New("a file of this test has another search path")
}

// fixture is a store and environments of a test's own.
type fixture struct {
	*testing.T
	dir   string
	store *store.Store
	set   *Set

	origin string // of entries; "" is their own name
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	// The cleaning up of a test cannot remove what is below directories of mode 0555.
	t.Cleanup(func() { _ = readonly.Remove(dir) })
	return open(t, filepath.Join(dir, "data"))
}

func open(t *testing.T, dir string) *fixture {
	t.Helper()
	st, err := store.Open(dir, store.WithRelocator(asTheyAre{}))
	must(t, err)
	t.Cleanup(func() { _ = st.Close() })
	return &fixture{T: t, dir: dir, store: st, set: Open(dir, st)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tree is what an entry is made of: paths, and contents or images; "-> x" is a link.
type tree map[string]any

// searchPath is the one that the store gives a file.
func searchPath(file string) string {
	return "$ORIGIN:$ORIGIN/" + path.Base(file) + "_deps:$ORIGIN/common_libs"
}

// add adds an entry. Native files get the search path of the store, which in bin/
// gives programs the version as part of their name.
func (f *fixture) add(kind, name, version string, files tree) *store.Entry {
	f.Helper()
	dir := f.TempDir()
	d := store.Draft{
		Entry:   store.Entry{Name: name, Version: version, Kind: kind, Origin: store.Origin{Kind: "directory", Name: cmp.Or(f.origin, name), Version: version}},
		Sources: map[string]string{},
	}
	for file, content := range files {
		at := filepath.Join(dir, filepath.FromSlash(file))
		must(f.T, os.MkdirAll(filepath.Dir(at), 0o755))
		switch content := content.(type) {
		case elftest.Image:
			final := file
			if kind == store.KindProgram && content.Message != "" && path.Dir(file) == "bin" {
				final += "-" + version
			}
			content.Runpath = searchPath(final)
			elftest.Write(f, at, content)
		case string:
			if target, ok := strings.CutPrefix(content, "-> "); ok {
				d.Entry.Files = append(d.Entry.Files, store.File{Path: file, Link: target})
				continue
			}
			mode := os.FileMode(0o644)
			if strings.HasPrefix(content, "#!") {
				mode = 0o755
			}
			must(f.T, os.WriteFile(at, []byte(content), mode))
		}
		d.Sources[file] = at
	}
	e, err := f.store.Add(context.Background(), d)
	must(f.T, err)
	return e
}

func (f *fixture) program(name, version string, needed ...string) *store.Entry {
	f.Helper()
	return f.add(store.KindProgram, name, version, tree{
		"bin/" + name:                       elftest.Image{Needed: needed, Message: name + " " + version + "\n"},
		"share/man/man1/" + name + ".1":     name + " " + version,
		"share/locale/de/" + name + ".mo":   "übersetzt " + version,
		"share/bash-completion/" + name:     "complete " + name + " # " + version,
		"share/doc/" + name + "/changelog":  version,
		"share/" + name + "/data/table.txt": version,
	})
}

// library is named like its SONAME up to .so, and of its major version.
func (f *fixture) library(name, version string, needed ...string) *store.Entry {
	f.Helper()
	soname := name + ".so.1"
	return f.add(store.KindLibrary, name, version, tree{
		"lib/" + soname: elftest.Image{SONAME: soname, Needed: needed},
		// What makes its content another in each version.
		"lib/" + name + ".so." + version:   "-> " + soname,
		"lib/" + name + ".so":              "-> " + soname,
		"include/" + name + ".h":           "#define VERSION " + version,
		"lib/pkgconfig/" + name + ".pc":    "prefix=/usr\nlibdir=${prefix}/lib/x86_64-linux-gnu\nName: " + name + "\nDescription: test\nVersion: " + version + "\nLibs: -L${libdir} -l" + name + "\nCflags: -I/usr/include\n",
		"share/" + name + "/settings.conf": version,
	})
}

func (f *fixture) create(name string, requests ...string) *Environment {
	f.Helper()
	spec := Spec{}
	must(f.T, f.set.Asking(requests...)(&spec))
	e, err := f.set.Create(context.Background(), name, "create", spec)
	must(f.T, err)
	return e
}

func (f *fixture) install(name string, requests ...string) *Environment {
	f.Helper()
	e, _, err := install(f.set, name, requests...)
	must(f.T, err)
	return e
}

func install(set *Set, name string, requests ...string) (*Environment, bool, error) {
	return set.Change(context.Background(), name, "install "+strings.Join(requests, " "), set.Asking(requests...))
}

// prints runs a program of an environment with nothing in its own.
func (f *fixture) prints(program, want string) {
	f.Helper()
	cmd := exec.Command(program)
	cmd.Env = []string{}
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != want {
		f.Errorf("%s prints %q, %v; want %q", program, out, err, want)
	}
}

func (f *fixture) holds(file, want string) {
	f.Helper()
	if data, err := os.ReadFile(file); err != nil || string(data) != want {
		f.Errorf("%s holds %q, %v; want %q", file, data, err, want)
	}
}

func (f *fixture) absent(file string) {
	f.Helper()
	if _, err := os.Lstat(file); !errors.Is(err, os.ErrNotExist) {
		f.Errorf("%s is there: %v", file, err)
	}
}

// verified collects garbage and checks that every content of the store is what its
// name says.
func (f *fixture) verified() {
	f.Helper()
	_, err := f.store.GC(context.Background(), false)
	must(f.T, err)
	contents := 0
	must(f.T, filepath.WalkDir(filepath.Join(f.dir, "store", "objects"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		sum, err := objects.HashFile(path)
		if hash, _, _ := strings.Cut(d.Name(), "-"); err == nil && hex.EncodeToString(sum[:]) != hash {
			f.Errorf("%s has another content", path)
		}
		contents++
		return err
	}))
	f.Logf("%d contents verified", contents)
}
