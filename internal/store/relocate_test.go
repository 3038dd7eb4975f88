package store

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// All binaries of entries that belong together, copied into one directory: the real
// loader finds each of them there, and nothing where they were built or stored.
func TestCopiedIntoOneDirectoryResolves(t *testing.T) {
	s := open(t)
	add(t, s, library(t, "libbase0", "1", "libbase.so.0"))
	add(t, s, library(t, "libfoo1", "1", "libfoo.so.1", "libbase.so.0", "libc.so.6"))
	e := add(t, s, program(t, "app", "1.2", "libfoo.so.1", "libc.so.6"))
	for _, place := range []string{".", "app-1.2_deps", "common_libs"} {
		t.Run(place, func(t *testing.T) {
			dir := t.TempDir()
			program := filepath.Join(dir, "app-1.2")
			closure, err := s.Closure(e)
			must(t, err)
			for _, part := range closure {
				for _, f := range part.Files {
					if f.Native == nil {
						continue
					}
					to := filepath.Join(dir, place, filepath.Base(f.Path))
					if f.Path == "bin/app-1.2" {
						to = program
					}
					copyTo(t, filepath.Join(s.Tree(part), f.Path), to)
				}
			}
			found := elftest.Trace(t, program)
			for _, name := range []string{"libfoo.so.1", "libbase.so.0"} {
				// libbase lies beside libfoo; in app-1.2_deps both are found from app.
				if want := filepath.Join(dir, place, name); found[name] != want {
					t.Errorf("%s is %q, want %s", name, found[name], want)
				}
			}
			if out, err := exec.Command(program).Output(); err != nil || string(out) != "app 1.2\n" {
				t.Errorf("it prints %q, %v", out, err)
			}
		})
	}
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	must(t, err)
	must(t, os.MkdirAll(filepath.Dir(to), 0o755))
	must(t, os.WriteFile(to, data, 0o755))
}

func TestProgramsAreNamedByVersion(t *testing.T) {
	s := open(t)
	e := add(t, s, program(t, "app", "2:1.2-3"))
	if f := e.File("bin/app"); f == nil || f.Link != "app-1.2-3" {
		t.Errorf("bin/app is %+v", f)
	}
	f := e.File("bin/app-1.2-3")
	want := []string{"$ORIGIN", "$ORIGIN/app-1.2-3_deps", "$ORIGIN/common_libs"}
	if f == nil || !slices.Equal(f.Native.Runpath, want) {
		t.Errorf("bin/app-1.2-3 is %+v", f)
	}
	out, err := exec.Command(filepath.Join(s.Tree(e), "bin/app")).Output()
	if err != nil || string(out) != "app 2:1.2-3\n" {
		t.Errorf("it prints %q, %v", out, err)
	}
}

// Of a search path only what leads to a directory of the entry stays.
func TestOwnDirectoriesStay(t *testing.T) {
	s := open(t)
	d := native(t, KindDistribution, "site-packages/pkg/ext.so", "pkg", "1", elftest.Image{
		Needed:  []string{"libown-1.so"},
		Runpath: "/build/lib:$ORIGIN/../pkg.libs:${ORIGIN}/../none:$ORIGIN/../../../out:$ORIGIN/$LIB:$ORIGIN/.",
	})
	own := library(t, "x", "1", "libown-1.so")
	d.Sources["site-packages/pkg.libs/libown-1.so"] = own.Sources["lib/libown-1.so"]
	e := add(t, s, d)
	f := e.File("site-packages/pkg/ext.so")
	want := []string{"$ORIGIN", "$ORIGIN/ext.so_deps", "$ORIGIN/common_libs", "$ORIGIN/../pkg.libs"}
	if !slices.Equal(f.Native.Runpath, want) {
		t.Errorf("search path %q, want %q", f.Native.Runpath, want)
	}
	if missing, err := e.Unresolved(); err != nil || len(missing) != 0 || len(e.Provides) != 0 {
		t.Errorf("unresolved %v, %v; provides %v", missing, err, e.Provides)
	}
}

// A library that is needed by a path is needed by its name afterwards.
// An interpreter names its library's directory by where it was installed.
func TestOwnDirectoriesAreReached(t *testing.T) {
	s := open(t)
	d := native(t, KindPython, "python/bin/python3.9", "python", "3.9.1", elftest.Image{
		Needed: []string{"libown.so.1"}, Runpath: "/home/me/python/lib", Message: "python\n",
	})
	own := library(t, "x", "1", "libown.so.1")
	d.Sources["python/lib/libown.so.1"] = own.Sources["lib/libown.so.1"]
	e := add(t, s, d)
	f := e.File("python/bin/python3.9")
	want := []string{"$ORIGIN", "$ORIGIN/python3.9_deps", "$ORIGIN/common_libs", "$ORIGIN/../lib"}
	if !slices.Equal(f.Native.Runpath, want) {
		t.Errorf("search path %q, want %q", f.Native.Runpath, want)
	}
	program := filepath.Join(s.Tree(e), f.Path)
	if found := elftest.Trace(t, program); filepath.Clean(found["libown.so.1"]) != filepath.Join(s.Tree(e), "python/lib/libown.so.1") {
		t.Errorf("found %q", found)
	}
}

func TestNeededByPath(t *testing.T) {
	s := open(t)
	d := native(t, KindPython, "python/bin/python3", "cpython", "3.10", elftest.Image{
		Needed: []string{"$ORIGIN/../lib/libpy.so.1"}, Message: "python\n",
	})
	d.Sources["python/lib/libpy.so.1"] = library(t, "x", "1", "libpy.so.1").Sources["lib/libpy.so.1"]
	e := add(t, s, d)
	python := filepath.Join(s.Tree(e), "python/bin/python3")
	found := elftest.Trace(t, python)
	if want := filepath.Join(s.Tree(e), "python/lib/libpy.so.1"); filepath.Clean(found["libpy.so.1"]) != want {
		t.Errorf("libpy.so.1 is %q, want %s (%v)", found["libpy.so.1"], want, found)
	}
	if e.Provides["libpy.so.1"] == "" {
		t.Errorf("provides %v", e.Provides)
	}
}

// What is no native file, or only looks like one, is kept as it is.
func TestNoNativeFiles(t *testing.T) {
	s := open(t)
	d := data(t, "odd", "1", "share/empty", "share/cut", "share/class")
	must(t, os.WriteFile(d.Sources["share/empty"], nil, 0o644))
	must(t, os.WriteFile(d.Sources["share/cut"], []byte("\x7fELF\x02\x01\x01"), 0o644))
	must(t, os.WriteFile(d.Sources["share/class"], []byte("\xca\xfe\xba\xbe\x00\x00\x00\x34"), 0o644))
	e := add(t, s, d)
	for _, f := range e.Files {
		if f.Native != nil || f.Original != "" {
			t.Errorf("%+v", f)
		}
	}
	if e.Platform != "any" {
		t.Errorf("platform %s", e.Platform)
	}
}

// counting counts the files that are changed.
type counting struct{ files int }

func (c *counting) Relocate(ctx context.Context, jobs []helper.RelocateJob) ([]helper.RelocateFailed, error) {
	c.files += len(jobs)
	return byHelper{}.Relocate(ctx, jobs)
}

// A file that was changed once is not changed again: not for the same entry, nor for
// another that has it under the same name; under another name, or if what the store
// has is damaged, it is.
func TestChangedOnce(t *testing.T) {
	c := &counting{}
	s := openAt(t, filepath.Join(t.TempDir(), "data"), WithRelocator(c))
	d := library(t, "libfoo1", "1", "libfoo.so.1", "libbar.so")
	e := add(t, s, d)
	if again := add(t, s, d); again.ID() != e.ID() || c.files != 1 {
		t.Errorf("%s and %s, %d files changed", e.ID(), again.ID(), c.files)
	}
	d.Entry.Version = "2"
	other := add(t, s, d)
	f, g := e.File("lib/libfoo.so.1"), other.File("lib/libfoo.so.1")
	if f.Object != g.Object || f.Original != g.Original || len(g.Native.Needed) != 1 || c.files != 1 {
		t.Errorf("%+v and %+v, %d files changed", f, g, c.files)
	}
	d.Sources = map[string]string{"lib/plugin.so": d.Sources["lib/libfoo.so.1"]}
	if e := add(t, s, d); e.Files[0].Native.Runpath[1] != "$ORIGIN/plugin.so_deps" || c.files != 2 {
		t.Errorf("%+v, %d files changed", e.Files[0], c.files)
	}
	flip(t, s.Object(f.Object, f.Executable))
	d.Sources = map[string]string{"lib/libfoo.so.1": d.Sources["lib/plugin.so"]}
	if add(t, s, d); c.files != 3 {
		t.Errorf("%d files changed", c.files)
	}
	sound(t, s)
}

// refusing cannot change any file.
type refusing struct{}

func (refusing) Relocate(_ context.Context, jobs []helper.RelocateJob) (failed []helper.RelocateFailed, err error) {
	for _, job := range jobs {
		failed = append(failed, helper.RelocateFailed{Source: job.Source, Text: "no room"})
	}
	return failed, nil
}

// What cannot be changed is no program that could be used elsewhere, unless it needs
// nothing; in a distribution it works where it lies.
func TestUnchangeable(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "data"), WithRelocator(refusing{}))
	add(t, s, library(t, "libfoo1", "1", "libfoo.so.1", "libc.so.6"))
	d := library(t, "libbar1", "1", "libbar.so.1", "libfoo.so.1")
	if _, err := s.Add(t.Context(), d); err == nil || !strings.Contains(err.Error(), "lib/libbar.so.1: no room") {
		t.Errorf("got %v", err)
	}
	d.Entry.Kind = KindDistribution
	if f := add(t, s, d).Files[0]; f.Original != "" || f.Native == nil {
		t.Errorf("got %+v", f)
	}
}

// The native files of a bundle stay as they are.
func TestBundleIsNotChanged(t *testing.T) {
	s := open(t)
	d := native(t, KindBundle, "bundle/app", "app", "1", elftest.Image{Needed: []string{"libown.so"}, Runpath: "$ORIGIN/python/lib", Message: "x"})
	f := add(t, s, d).File("bundle/app")
	if f.Original != "" || f.Native == nil || !slices.Equal(f.Native.Runpath, []string{"$ORIGIN/python/lib"}) {
		t.Errorf("%+v", f)
	}
}
