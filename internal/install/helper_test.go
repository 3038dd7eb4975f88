package install

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openStore(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir)
	must(t, err)
	t.Cleanup(func() {
		must(t, s.Close())
		_ = readonly.Remove(dir)
	})
	return s
}

func newInstaller(t testing.TB, s *store.Store, where string) *Installer {
	t.Helper()
	in, err := New(s, where, nil)
	must(t, err)
	return in
}

// image has the search path that the store would give the file.
func image(name string, im elftest.Image) elftest.Image {
	im.Runpath = "$ORIGIN:$ORIGIN/" + name + "_deps:$ORIGIN/common_libs"
	return im
}

// addFiles adds an entry with these files; those without an image have their path as
// content.
func addFiles(t testing.TB, s *store.Store, kind, name, version string, images map[string]elftest.Image, others ...string) *store.Entry {
	t.Helper()
	dir := t.TempDir()
	d := store.Draft{
		Entry:   store.Entry{Name: name, Version: version, Kind: kind, Origin: store.Origin{Kind: "file"}},
		Sources: map[string]string{},
	}
	for at, im := range images {
		file := filepath.Join(dir, at)
		elftest.Write(t, file, image(path.Base(at), im))
		d.Sources[at] = file
		if with := path.Base(at); strings.HasPrefix(at, "bin/") && strings.HasSuffix(at, "-"+version) {
			d.Entry.Files = append(d.Entry.Files, store.File{Path: strings.TrimSuffix(at, "-"+version), Link: with})
		}
	}
	for _, at := range others {
		if link, to, ok := strings.Cut(at, " -> "); ok {
			d.Entry.Files = append(d.Entry.Files, store.File{Path: link, Link: to})
			continue
		}
		file := filepath.Join(dir, at)
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(at+" of "+name+" "+version), 0o644))
		if strings.HasPrefix(at, "bin/") {
			must(t, os.WriteFile(file, []byte("#!/bin/sh\necho "+name+" "+version+"\n"), 0o755))
			must(t, os.Chmod(file, 0o755))
		}
		d.Sources[at] = file
	}
	e, err := s.Add(t.Context(), d)
	must(t, err)
	return e
}

// addLibrary adds a library as an entry of its own. Libraries of one SONAME differ by
// their version.
func addLibrary(t testing.TB, s *store.Store, soname, version string, needed ...string) *store.Entry {
	t.Helper()
	name, _, _ := strings.Cut(soname, ".so")
	im := elftest.Image{SONAME: soname, Needed: append([]string{}, needed...)}
	return addFiles(t, s, store.KindLibrary, name, version, map[string]elftest.Image{"lib/" + soname: im}, "share/doc/"+name+"/version")
}

// addProgram adds a program that prints its name and version.
func addProgram(t testing.TB, s *store.Store, name, version string, needed ...string) *store.Entry {
	t.Helper()
	im := elftest.Image{Needed: needed, Message: name + " " + version + "\n"}
	return addFiles(t, s, store.KindProgram, name, version,
		map[string]elftest.Image{source.ProgramName("bin/"+name, version): im}, "share/man/man1/"+name+".1.gz", "share/doc/"+name+"/README", "share/"+name+"/data")
}

func install(t testing.TB, in *Installer, e *store.Entry, libs ...Libs) *Plan {
	t.Helper()
	p, err := in.Install(t.Context(), e, libs)
	must(t, err)
	return p
}

// prints starts a program with an empty environment.
func prints(t testing.TB, want, program string) {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env, cmd.Dir = []string{}, t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != want+"\n" {
		t.Errorf("%s: %q, %v; want %q", program, out, err, want)
	}
}

// tree lists what is in a directory, without what is ours; links with their targets.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var list []string
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == stateDir {
			return fs.SkipDir
		}
		rel, _ := filepath.Rel(dir, path)
		if target, err := os.Readlink(path); err == nil {
			rel += " -> " + target
		}
		if !d.IsDir() {
			list = append(list, rel)
		}
		return nil
	}))
	slices.Sort(list)
	return list
}

func wantTree(t testing.TB, dir string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := tree(t, dir); !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", dir, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// finds compares where the loader finds a program's libraries, as paths below dir with
// all links followed; all others must be the system's.
func finds(t testing.TB, dir, program string, want map[string]string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(dir)
	must(t, err)
	allowed, err := policy.Load()
	must(t, err)
	found := elftest.Trace(t, filepath.Join(dir, program))
	for name, at := range want {
		got, err := filepath.EvalSymlinks(found[name])
		if err != nil || got != filepath.Join(dir, at) {
			t.Errorf("%s finds %s at %q (%v), want %s", program, name, got, err, at)
		}
	}
	for name, at := range found {
		if want[name] == "" && !allowed.IsSystem(filepath.Base(name), "linux") {
			t.Errorf("%s finds %s at %s", program, name, at)
		}
	}
}
