package env

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// A workspace has the sources, in their place, and what is needed to build.
func TestWorkspace(t *testing.T) {
	f := newFixture(t)
	f.library("libb", "1.0")
	f.library("liba", "1.0", "libb.so.1")
	f.program("hello", "1.0", "liba.so.1")
	f.add(store.KindLibrary, "liba-dev", "1.0", tree{"lib/liba.a": "archive", "include/liba/more.h": "", "lib/liba_static.so": "-> liba.so.1"})
	f.add(store.KindLibrary, "liba-dev", "2.0", tree{"include/liba/wrong.h": "", "lib/liba_static.so": "-> liba.so.1"})
	dir := filepath.Join(t.TempDir(), "my (program)")
	must(t, os.MkdirAll(dir, 0o755))
	src, err := NewSource(dir)
	if err != nil || src.Name != "my--program" {
		t.Fatalf("%+v, %v", src, err)
	}
	spec := Spec{}
	must(t, f.set.Asking("hello")(&spec))
	must(t, Workspace(src)(&spec))
	e, err := f.set.Create(context.Background(), "work", "workspace", spec)
	must(t, err)

	home := f.set.Home("work")
	must(t, os.WriteFile(filepath.Join(home, "src", "my--program", "main.c"), []byte("int main;"), 0o644))
	f.holds(filepath.Join(dir, "main.c"), "int main;")
	f.holds(filepath.Join(home, "include", "liba.h"), "#define VERSION 1.0")
	f.holds(filepath.Join(home, "lib", "liba.a"), "archive")
	f.holds(filepath.Join(home, "include", "liba", "more.h"), "")
	f.absent(filepath.Join(home, "include", "liba", "wrong.h"))
	f.prints(filepath.Join(home, "bin", "hello"), "hello 1.0\n")
	var names []string
	for _, v := range Variables(e, home) {
		names = append(names, v.Name)
	}
	if want := []string{"PATH", "MANPATH", "XDG_DATA_DIRS", "PKG_CONFIG_PATH", "CPATH", "LIBRARY_PATH", "LD_RUN_PATH"}; !slices.Equal(names, want) {
		t.Errorf("variables %v, want %v", names, want)
	}
	inside, err := filepath.EvalSymlinks(home)
	must(t, err)
	vars := Variables(e, inside)
	if last := vars[len(vars)-1]; last.Name != "LD_RUN_PATH" || last.Dirs[0] != filepath.Join(home, "lib") {
		t.Errorf("what is built would look in %v", last)
	}
	for _, flags := range []string{pkgConfig(t, e, home, "liba"), expand(t, filepath.Join(home, "lib", "pkgconfig", "liba.pc"))} {
		for _, want := range []string{"-L" + home + "/lib ", "-I" + home + "/include "} {
			if flags != "" && !strings.Contains(flags, want) {
				t.Errorf("%q is not in %q", want, flags)
			}
		}
	}
	// The same directory again changes nothing, another of its name is refused.
	if _, changed, err := f.set.Change(context.Background(), "work", "workspace", Workspace(src)); err != nil || changed {
		t.Errorf("%v, %v", changed, err)
	}
	if _, _, err := f.set.Change(context.Background(), "work", "workspace", Workspace(Source{src.Name, "/elsewhere"})); err == nil {
		t.Error("two directories of one name")
	}
	if _, err := NewSource(filepath.Join(dir, "main.c")); err == nil {
		t.Error("a file is no workspace")
	}
}

// pkgConfig asks the real one, where there is one.
func pkgConfig(t *testing.T, e *Environment, home, name string) string {
	path, err := exec.LookPath("pkg-config")
	if err != nil {
		t.Log("no pkg-config on this machine")
		return ""
	}
	cmd := exec.Command(path, "--cflags", "--libs", name)
	cmd.Env = Environ(e, home, []string{"PATH=/usr/bin:/bin"})
	// CPATH makes pkg-config take its directories for the compiler's own.
	cmd.Env = append(cmd.Env, "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1", "PKG_CONFIG_ALLOW_SYSTEM_LIBS=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// It writes the way it went: home/lib/pkgconfig/../..
	return strings.ReplaceAll(string(out), home+"/lib/pkgconfig/../..", home) + " "
}

// expand reads a pkg-config file as pkg-config does, and returns its flags.
func expand(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	must(t, err)
	vars := map[string]string{"pcfiledir": filepath.Dir(file)}
	var flags []string
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.Contains(name, ":") {
			vars[name] = os.Expand(value, func(v string) string { return vars[v] })
		} else if _, value, ok := strings.Cut(line, ": "); ok {
			flags = append(flags, os.Expand(strings.TrimSpace(value), func(v string) string { return vars[v] }))
		}
	}
	text := strings.Join(flags, " ") + " "
	return strings.ReplaceAll(text, filepath.Dir(file)+"/../..", filepath.Dir(filepath.Dir(filepath.Dir(file))))
}

// A program of a -dev package comes along with its libraries.
func TestDevelopmentPrograms(t *testing.T) {
	f := newFixture(t)
	f.library("libb", "1.0")
	f.library("liba", "1.0")
	dev := f.add(store.KindProgram, "liba-dev", "1.0", tree{"bin/a-config": elftest.Image{Needed: []string{"libb.so.1"}, Message: "-la\n"}})
	spec := Spec{Development: true}
	must(t, f.set.Asking("liba,1.0")(&spec))
	e, err := f.set.Create(context.Background(), "work", "workspace", spec)
	must(t, err)
	f.prints(filepath.Join(f.set.Home("work"), "bin", "a-config"), "-la\n")
	if m := e.Member(dev.ID()); m == nil || m.Role != RoleData || len(e.Members) != 3 {
		t.Errorf("%+v", e.Members)
	}
	g, err := f.set.Graph("work")
	if err != nil || len(g.Nodes) != 5 || len(g.Edges) != 4 {
		t.Errorf("%+v, %v", g, err)
	}
	f.create("plain", "liba,1.0")
	f.absent(filepath.Join(f.set.Home("plain"), "bin"))
}

func TestRelocate(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"usual", "prefix=/usr\nexec_prefix=${prefix}\nlibdir=${prefix}/lib/x86_64-linux-gnu\nCflags: -I${prefix}/include\n",
			"exec_prefix=${prefix}\nlibdir=${prefix}/lib\nCflags: -I${prefix}/include\n"},
		{"absolute", "prefix=/usr/local\nlibdir=/usr/local/lib64\nLibs: -L/usr/local/lib64 -lx\nCflags: -I/usr/local/include/x -I/usr/locality\n",
			"libdir=${prefix}/lib\nLibs: -L${prefix}/lib -lx\nCflags: -I${prefix}/include/x -I/usr/locality\n"},
		{"no prefix", "libdir=/usr/lib/aarch64-linux-gnu\nName: x\n", "libdir=${prefix}/lib\nName: x\n"},
		{"exec prefix", "prefix=/usr\nexec_prefix=/usr\nlibdir=${exec_prefix}/lib/x86_64-linux-gnu/mod\n",
			"exec_prefix=${prefix}\nlibdir=${exec_prefix}/lib/mod\n"},
		{"relative already", "prefix=${pcfiledir}/../..\nlibdir=${prefix}/lib\n", "libdir=${prefix}/lib\n"},
		{"own lib directory", "prefix=/usr\nlibdir=${prefix}/library\n", "libdir=${prefix}/library\n"},
	} {
		if got, want := string(relocate([]byte(c.in))), "prefix=${pcfiledir}/../..\n"+c.want; got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, want)
		}
	}
}
