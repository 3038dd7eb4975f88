package install

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// The life of a program: installed, upgraded, taken back, copied, taken away.
func TestVersions(t *testing.T) {
	s := openStore(t, t.TempDir())
	where := filepath.Join(t.TempDir(), "tools")
	in := newInstaller(t, s, where)

	addLibrary(t, s, "libb.so.1", "1.0")
	addLibrary(t, s, "liba.so.1", "1.0", "libb.so.1")
	one := addProgram(t, s, "tool", "1.0", "liba.so.1")
	p := install(t, in, one)
	if p.Already() || p.Left != 1 || !slices.Equal(p.Programs(), []string{"tool"}) {
		t.Errorf("%+v", p)
	}
	first := []string{
		"tool-1.0", "common_libs/liba.so.1", "common_libs/libb.so.1", "share/man/man1/tool-1.0.1.gz",
	}
	wantTree(t, where, append(first, "tool -> tool-1.0", "share/man/man1/tool.1.gz -> tool-1.0.1.gz")...)
	prints(t, "tool 1.0", filepath.Join(where, "tool"))
	finds(t, where, "tool-1.0", map[string]string{"liba.so.1": "common_libs/liba.so.1", "libb.so.1": "common_libs/libb.so.1"})
	if again := install(t, in, one); !again.Already() || len(again.Steps) != 0 {
		t.Errorf("%+v", again.Steps)
	}

	// Another libb: liba is the same file, and needs it, so it cannot stay in
	// common_libs for this program.
	addLibrary(t, s, "libb.so.1", "1.1", "libc.so.6")
	addLibrary(t, s, "liba.so.1", "1.1", "libb.so.1")
	two := addProgram(t, s, "tool", "2.0", "liba.so.1")
	install(t, in, two)
	second := []string{
		"tool-2.0", "tool-2.0_deps/liba.so.1", "tool-2.0_deps/libb.so.1", "share/man/man1/tool-2.0.1.gz",
		"tool -> tool-2.0", "share/man/man1/tool.1.gz -> tool-2.0.1.gz",
	}
	wantTree(t, where, append(slices.Clone(first), second...)...)
	prints(t, "tool 2.0", filepath.Join(where, "tool"))
	prints(t, "tool 1.0", filepath.Join(where, "tool-1.0"))
	finds(t, where, "tool-2.0", map[string]string{"liba.so.1": "tool-2.0_deps/liba.so.1", "libb.so.1": "tool-2.0_deps/libb.so.1"})

	// Back to the first.
	back := install(t, in, one)
	if back.Already() || len(back.Steps) != 2 || back.Steps[0].Do != DoSwitch {
		t.Errorf("%+v", back.Steps)
	}
	prints(t, "tool 1.0", filepath.Join(where, "tool"))

	copied := filepath.Join(t.TempDir(), "elsewhere")
	if out, err := exec.Command("cp", "-R", where, copied).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	prints(t, "tool 1.0", filepath.Join(copied, "tool"))
	prints(t, "tool 2.0", filepath.Join(copied, "tool-2.0"))
	finds(t, copied, "tool-1.0", map[string]string{"liba.so.1": "common_libs/liba.so.1", "libb.so.1": "common_libs/libb.so.1"})

	// The version in use goes: the other one takes its place.
	r, err := in.Uninstall(t.Context(), "tool,1.0")
	must(t, err)
	if r.Record.Entry != one.ID() {
		t.Errorf("%+v", r.Record)
	}
	wantTree(t, where, second...)
	prints(t, "tool 2.0", filepath.Join(where, "tool"))
	_, err = in.Uninstall(t.Context(), "tool")
	must(t, err)
	wantTree(t, where)
	if roots, err := s.Roots(); err != nil || len(roots) != 0 {
		t.Errorf("%v, %v", roots, err)
	}
	prints(t, "tool 2.0", filepath.Join(copied, "tool-2.0"))
}

// Programs share libraries; the last one takes them along.
func TestShared(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	addLibrary(t, s, "libb.so.1", "1.0")
	x := addProgram(t, s, "x", "1", "libb.so.1")
	y := addProgram(t, s, "y", "1", "libb.so.1")
	install(t, in, x)
	p := install(t, in, y)
	if i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Path == "common_libs/libb.so.1" }); i < 0 || p.Steps[i].Do != DoUse {
		t.Errorf("%+v", p.Steps)
	}
	_, err := in.Uninstall(t.Context(), "x-1")
	must(t, err)
	wantTree(t, in.Where(), "y-1", "y -> y-1", "common_libs/libb.so.1", "share/man/man1/y-1.1.gz", "share/man/man1/y.1.gz -> y-1.1.gz")
	prints(t, "y 1", in.at("y"))
	roots, err := s.Roots()
	if must(t, err); len(roots) != 1 {
		t.Errorf("%v", roots)
	}
	_, err = s.GC(t.Context(), false)
	must(t, err)
	if _, err := s.Find(y.ID()); err != nil {
		t.Error(err)
	}
	_, err = in.Uninstall(t.Context(), "y")
	must(t, err)
	wantTree(t, in.Where())
}

// A program's own libraries lie in its own directory, and find those in common_libs.
func TestOwnLibraries(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	addLibrary(t, s, "libb.so.1", "1.0")
	e := addFiles(t, s, store.KindProgram, "x", "1", map[string]elftest.Image{
		"bin/x-1":       {Needed: []string{"libown.so"}, Message: "x 1\n"},
		"lib/libown.so": {SONAME: "libown.so", Needed: []string{"libb.so.1"}},
	})
	install(t, in, e)
	wantTree(t, in.Where(), "x-1", "x -> x-1", "x-1_deps/libown.so", "common_libs/libb.so.1", "x-1_deps/common_libs -> ../common_libs")
	prints(t, "x 1", in.at("x"))
	finds(t, in.Where(), "x-1", map[string]string{"libown.so": "x-1_deps/libown.so", "libb.so.1": "common_libs/libb.so.1"})
}

// What is equal in an environment becomes a link to it, what is not, a file.
func TestLibsOfEnvironment(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	b := addLibrary(t, s, "libb.so.1", "1.0")
	addLibrary(t, s, "liba.so.1", "1.0", "libb.so.1")
	e := addProgram(t, s, "x", "1", "liba.so.1")
	env := t.TempDir()
	must(t, os.Link(s.Object(b.File("lib/libb.so.1").Object, true), filepath.Join(env, "libb.so.1")))
	must(t, os.WriteFile(filepath.Join(env, "liba.so.1"), []byte("another"), 0o755))
	p := install(t, in, e, Libs{"base", env})
	wantTree(t, in.Where(), "x-1", "x -> x-1", "x-1_deps/liba.so.1", "x-1_deps/libb.so.1 -> "+filepath.Join(env, "libb.so.1"),
		"share/man/man1/x-1.1.gz", "share/man/man1/x.1.gz -> x-1.1.gz")
	prints(t, "x 1", in.at("x"))
	if !slices.Equal(p.Record.Libs, []string{"base"}) {
		t.Errorf("%+v", p.Record)
	}
	// Without the environment the libraries are files.
	install(t, in, e)
	wantTree(t, in.Where(), "x-1", "x -> x-1", "common_libs/liba.so.1", "common_libs/libb.so.1",
		"share/man/man1/x-1.1.gz", "share/man/man1/x.1.gz -> x-1.1.gz")
	prints(t, "x 1", in.at("x"))
}

// Links of the package are programs too; scripts have versions as programs have.
func TestSeveralPrograms(t *testing.T) {
	s := openStore(t, t.TempDir())
	where := filepath.Join(t.TempDir(), "bin")
	in := newInstaller(t, s, where)
	e := addFiles(t, s, store.KindProgram, "pack", "5.4", map[string]elftest.Image{"bin/xz-5.4": {Message: "xz\n"}},
		"bin/xzcat -> xz-5.4", "bin/xzgrep", "share/man/man1/xz.1.gz", "share/man/de/man1/xzcat.1.gz -> xz.1.gz", "share/man/man1/xzcat.1.gz -> xz.1.gz",
		"share/bash-completion/completions/xz", "share/fish/vendor_completions.d/xz.fish", "share/zsh/vendor-completions/_xz", "etc/xz.conf")
	p := install(t, in, e)
	wantTree(t, where, "xz-5.4", "xz -> xz-5.4", "xzcat-5.4 -> xz-5.4", "xzcat -> xzcat-5.4", "xzgrep-5.4", "xzgrep -> xzgrep-5.4")
	wantTree(t, filepath.Join(where, "../share"),
		"man/man1/xz-5.4.1.gz", "man/man1/xz.1.gz -> xz-5.4.1.gz", "man/man1/xzcat-5.4.1.gz -> xz-5.4.1.gz", "man/man1/xzcat.1.gz -> xzcat-5.4.1.gz",
		"man/de/man1/xzcat-5.4.1.gz -> xz-5.4.1.gz", "man/de/man1/xzcat.1.gz -> xzcat-5.4.1.gz",
		"bash-completion/completions/xz-5.4", "bash-completion/completions/xz -> xz-5.4",
		"fish/vendor_completions.d/xz-5.4.fish", "fish/vendor_completions.d/xz.fish -> xz-5.4.fish",
		"zsh/vendor-completions/_xz-5.4", "zsh/vendor-completions/_xz -> _xz-5.4")
	if p.Left != 1 {
		t.Errorf("%d files left", p.Left)
	}
	prints(t, "pack 5.4", filepath.Join(where, "xzgrep"))
	prints(t, "xz", filepath.Join(where, "xzcat"))
	_, err := in.Uninstall(t.Context(), "pack")
	must(t, err)
	wantTree(t, where)
	wantTree(t, filepath.Join(where, ".."))
}

func TestMissingLibrary(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	_, err := in.Install(t.Context(), addProgram(t, s, "x", "1", "libnone.so.3", "libstdc++.so.6"), nil)
	var missing *MissingLibrariesError
	if !errors.As(err, &missing) || !slices.Equal(missing.Names, []string{"libnone.so.3"}) || !strings.Contains(missing.Hint(), "store add") {
		t.Errorf("%v", err)
	}
	wantTree(t, in.Where())
	_, err = in.Plan(t.Context(), addLibrary(t, s, "libb.so.1", "1"), nil)
	var none *NoProgramError
	if !errors.As(err, &none) {
		t.Errorf("%v", err)
	}
	p, err := in.Plan(t.Context(), addProgram(t, s, "y", "1", "libstdc++.so.6"), nil)
	if must(t, err); !slices.Equal(p.Machine, []string{"libstdc++.so.6"}) {
		t.Errorf("%+v", p.Machine)
	}
}

// What is not from here is not overwritten, and is not removed.
func TestForeignFiles(t *testing.T) {
	s := openStore(t, t.TempDir())
	e := addProgram(t, s, "x", "1")
	for _, name := range []string{"x", "x-1", "share/man/man1/x.1.gz", "share/man/man1/x-1.1.gz"} {
		in := newInstaller(t, s, t.TempDir())
		must(t, os.MkdirAll(filepath.Dir(in.at(name)), 0o755))
		must(t, os.WriteFile(in.at(name), []byte("mine"), 0o755))
		_, err := in.Install(t.Context(), e, nil)
		var occupied *OccupiedError
		if !errors.As(err, &occupied) || occupied.Path != in.at(name) {
			t.Errorf("%s: %v", name, err)
		}
		wantTree(t, in.Where(), name)
	}
	// What a person copied there is what should be there, and stays theirs.
	in := newInstaller(t, s, t.TempDir())
	must(t, exec.Command("cp", s.Object(e.File("bin/x-1").Object, true), in.at("x")).Run())
	must(t, exec.Command("cp", s.Object(e.File("bin/x-1").Object, true), in.at("x-1")).Run())
	install(t, in, e)
	if p := install(t, in, e); !p.Already() {
		t.Errorf("%+v", p.Steps)
	}
	wantTree(t, in.Where(), "x", "x-1", "share/man/man1/x-1.1.gz", "share/man/man1/x.1.gz -> x-1.1.gz")
	_, err := in.Uninstall(t.Context(), "x")
	must(t, err)
	wantTree(t, in.Where(), "x", "x-1")
}

// A library that somebody put beside the programs would be found first.
func TestForeignLibrary(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	b := addLibrary(t, s, "libb.so.1", "1.0")
	e := addProgram(t, s, "x", "1", "libb.so.1")
	must(t, os.WriteFile(in.at("libb.so.1"), []byte("another"), 0o755))
	var occupied *OccupiedError
	if _, err := in.Install(t.Context(), e, nil); !errors.As(err, &occupied) || occupied.Path != in.at("libb.so.1") {
		t.Errorf("%v", err)
	}
	must(t, os.Remove(in.at("libb.so.1")))
	must(t, exec.Command("cp", s.Object(b.File("lib/libb.so.1").Object, true), in.at("libb.so.1")).Run())
	install(t, in, e)
	prints(t, "x 1", in.at("x"))
}

// What was damaged is mended; what was changed stays when the rest goes.
func TestChanged(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	addLibrary(t, s, "libb.so.1", "1.0")
	e := addProgram(t, s, "x", "1", "libb.so.1")
	install(t, in, e)
	must(t, os.Remove(in.at("common_libs/libb.so.1")))
	must(t, os.Remove(in.at("x-1")))
	must(t, os.WriteFile(in.at("x-1"), []byte("changed"), 0o755))
	p := install(t, in, e)
	if p.Already() || len(p.Steps) != 2 {
		t.Errorf("%+v", p.Steps)
	}
	prints(t, "x 1", in.at("x"))
	must(t, os.Remove(in.at("x-1")))
	must(t, os.WriteFile(in.at("x-1"), []byte("changed"), 0o755))
	r, err := in.Uninstall(t.Context(), "x")
	must(t, err)
	if !slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Do == DoLeave && s.Path == "x-1" }) {
		t.Errorf("%+v", r.Steps)
	}
	wantTree(t, in.Where(), "x-1")
	var none *NotInstalledError
	if _, err := in.Uninstall(t.Context(), "x"); !errors.As(err, &none) {
		t.Errorf("%v", err)
	}
}

// Another build of the same version replaces it, and takes what only the old one had.
func TestAnotherBuild(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	addLibrary(t, s, "libb.so.1", "1.0")
	install(t, in, addProgram(t, s, "x", "1", "libb.so.1"))
	install(t, in, addProgram(t, s, "y", "1", "libb.so.1"))
	addLibrary(t, s, "libb.so.1", "1.1", "libm.so.6")
	install(t, in, addProgram(t, s, "x", "1", "libb.so.1"))
	wantTree(t, in.Where(), "x-1", "x -> x-1", "y-1", "y -> y-1", "common_libs/libb.so.1", "x-1_deps/libb.so.1",
		"share/man/man1/x-1.1.gz", "share/man/man1/x.1.gz -> x-1.1.gz", "share/man/man1/y-1.1.gz", "share/man/man1/y.1.gz -> y-1.1.gz")
	install(t, in, addProgram(t, s, "y", "1"))
	wantTree(t, in.Where(), "x-1", "x -> x-1", "y-1", "y -> y-1", "x-1_deps/libb.so.1",
		"share/man/man1/x-1.1.gz", "share/man/man1/x.1.gz -> x-1.1.gz", "share/man/man1/y-1.1.gz", "share/man/man1/y.1.gz -> y-1.1.gz")
	prints(t, "x 1", in.at("x"))
	// A program of another entry with the same file name has no place there.
	e := addFiles(t, s, store.KindProgram, "x-static", "1", map[string]elftest.Image{"bin/x-1": {Message: "static\n"}})
	var occupied *OccupiedError
	if _, err := in.Install(t.Context(), e, nil); !errors.As(err, &occupied) || occupied.By != "x,1" {
		t.Errorf("%v", err)
	}
}

// A packaged program lies in a directory of its own.
func TestBundle(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	script := filepath.Join(t.TempDir(), "app")
	must(t, os.WriteFile(script, []byte("#!/bin/sh\ncat \"$(dirname \"$(realpath \"$0\")\")\"/python/data\necho\n"), 0o755))
	data := filepath.Join(t.TempDir(), "data")
	must(t, os.WriteFile(data, []byte("found"), 0o644))
	e, err := s.Add(t.Context(), store.Draft{
		Entry:   store.Entry{Name: "app", Version: "3", Kind: store.KindBundle, Origin: store.Origin{Kind: "build"}},
		Sources: map[string]string{"bundle/app": script, "bundle/python/data": data},
	})
	must(t, err)
	install(t, in, e)
	wantTree(t, in.Where(), "app -> app-3", "app-3 -> app-3_deps/app", "app-3_deps/app", "app-3_deps/python/data")
	prints(t, "found", in.at("app"))
	_, err = in.Uninstall(t.Context(), "app")
	must(t, err)
	wantTree(t, in.Where())
}

// On another file system there are no hard links into the store: copies.
func TestAnotherFileSystem(t *testing.T) {
	where, err := os.MkdirTemp("/dev/shm", "llgo-py-install-")
	if err != nil {
		t.Skip("no other file system here")
	}
	t.Cleanup(func() { _ = os.RemoveAll(where) })
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, where)
	addLibrary(t, s, "libb.so.1", "1.0")
	e := addProgram(t, s, "x", "1", "libb.so.1")
	install(t, in, e)
	if p := install(t, in, e); !p.Already() {
		t.Errorf("%+v", p.Steps)
	}
	if data, err := os.ReadFile(in.at("x-1")); err != nil || len(data) == 0 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	found, err := Which(s, in.at("common_libs/libb.so.1"))
	if must(t, err); !found[0].Recorded || !strings.HasPrefix(found[0].ID, "libb,1.0,") {
		t.Errorf("%+v", found)
	}
	_, err = in.Uninstall(t.Context(), "x")
	must(t, err)
	wantTree(t, where)
}

// A directory that was removed by hand keeps nothing in the store.
func TestGone(t *testing.T) {
	s := openStore(t, t.TempDir())
	e := addProgram(t, s, "x", "1:2.0") // an epoch
	there, gone := newInstaller(t, s, t.TempDir()), newInstaller(t, s, filepath.Join(t.TempDir(), "a:b"))
	install(t, there, e)
	install(t, gone, e)
	if list, err := Gone(s); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	must(t, os.RemoveAll(gone.Where()))
	list, err := Gone(s)
	if must(t, err); len(list) != 1 || list[0].Root != gone.root("x,1:2.0") {
		t.Errorf("%v", list)
	}
}
