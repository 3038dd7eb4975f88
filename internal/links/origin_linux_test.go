package links

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
)

// tree writes prog → liba → libb, each with $ORIGIN as search path, to directories
// of their own below the returned one.
func tree(t *testing.T) string {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	elftest.Write(t, filepath.Join(top, "p", "prog"), elftest.Image{Needed: []string{"liba.so"}, Runpath: "$ORIGIN", Message: "started\n"})
	elftest.Write(t, filepath.Join(top, "a", "liba.so"), elftest.Image{SONAME: "liba.so", Needed: []string{"libb.so"}, Runpath: "$ORIGIN"})
	elftest.Write(t, filepath.Join(top, "b", "libb.so"), elftest.Image{SONAME: "libb.so"})
	return top
}

func link(t *testing.T, dir string, how How, files ...string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, err := Place(file, filepath.Join(dir, filepath.Base(file)), how); err != nil {
			t.Fatal(err)
		}
	}
}

var bySymlink = How{Ways: []Way{Symlink}}

// What the loader does with $ORIGIN behind links: the facts of the package comment.
func TestLoaderFacts(t *testing.T) {
	top := tree(t)
	prog, a, b := filepath.Join(top, "p", "prog"), filepath.Join(top, "a", "liba.so"), filepath.Join(top, "b", "libb.so")

	// A library behind a symbolic link looks beside the link.
	view := filepath.Join(top, "view")
	link(t, view, How{}, prog)
	link(t, view, bySymlink, a, b)
	loads(t, filepath.Join(view, "prog"), map[string]string{"liba.so": filepath.Join(view, "liba.so"), "libb.so": filepath.Join(view, "libb.so")})

	// A program behind one looks beside the real file, where nothing is.
	behind := filepath.Join(top, "behind")
	link(t, behind, How{}, a, b)
	if err := os.Symlink(prog, filepath.Join(behind, "prog")); err != nil {
		t.Fatal(err)
	}
	loads(t, filepath.Join(behind, "prog"), map[string]string{"liba.so": ""})
	if exec.Command(filepath.Join(behind, "prog")).Run() == nil {
		t.Error("it started")
	}

	// `..` behind a link to a directory is the neighbour of the real one.
	up := filepath.Join(top, "up", "prog")
	elftest.Write(t, up, elftest.Image{Needed: []string{"liba.so"}, Runpath: "$ORIGIN/dir/../a", Message: "started\n"})
	if err := os.Symlink(filepath.Join(top, "b"), filepath.Join(top, "up", "dir")); err != nil {
		t.Fatal(err)
	}
	loads(t, up, map[string]string{"liba.so": top + "/up/dir/../a/liba.so"})
}

// loads compares what the loader finds with what is wanted.
func loads(t *testing.T, prog string, want map[string]string) {
	t.Helper()
	got := elftest.Trace(t, prog)
	for name, file := range want {
		if got[name] != file {
			t.Errorf("%s: %s is found at %q, want %q", prog, name, got[name], file)
		}
	}
}

// Whatever Place chooses, on one file system or two: the loader finds the libraries
// that lie beside the new place, and the program starts.
func TestPlacedProgramsStart(t *testing.T) {
	for name, broken := range map[string]struct{ links, clones bool }{"links": {}, "no links": {true, true}} {
		t.Run(name, func(t *testing.T) {
			failing(t, broken.links, broken.clones)
			top := tree(t)
			dir := filepath.Join(top, "all")
			link(t, dir, How{}, filepath.Join(top, "p", "prog"), filepath.Join(top, "a", "liba.so"), filepath.Join(top, "b", "libb.so"))
			loads(t, filepath.Join(dir, "prog"), map[string]string{"liba.so": filepath.Join(dir, "liba.so"), "libb.so": filepath.Join(dir, "libb.so")})
			out, err := exec.Command(filepath.Join(dir, "prog")).CombinedOutput()
			if err != nil || string(out) != "started\n" {
				t.Errorf("%q, %v", out, err)
			}
			info, err := os.Lstat(filepath.Join(dir, "liba.so"))
			if link := info.Mode()&os.ModeSymlink != 0; err != nil || link != broken.links {
				t.Errorf("the library is a symbolic link: %v, %v", link, err)
			}
		})
	}
}

func TestMaySymlink(t *testing.T) {
	top := tree(t)
	prog := filepath.Join(top, "p", "prog")
	check := func(what, path string, want bool) {
		t.Helper()
		if got := MaySymlink(path); got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("a program apart from its libraries", prog, false)
	check("a library", filepath.Join(top, "a", "liba.so"), true)

	link(t, filepath.Join(top, "p"), How{}, filepath.Join(top, "a", "liba.so"))
	check("a program whose library's library is elsewhere", prog, false)
	link(t, filepath.Join(top, "p"), How{}, filepath.Join(top, "b", "libb.so"))
	check("a program with all beside it", prog, true)
	// And the loader agrees: from anywhere, it finds them there.
	away := t.TempDir()
	link(t, away, bySymlink, prog)
	loads(t, filepath.Join(away, "prog"), map[string]string{"liba.so": filepath.Join(top, "p", "liba.so"), "libb.so": filepath.Join(top, "p", "libb.so")})

	other := filepath.Join(top, "other")
	elftest.Write(t, other, elftest.Image{Needed: []string{"liba.so"}, Runpath: "/opt/lib", Message: "x"})
	check("a program without $ORIGIN", other, true)
	script := filepath.Join(top, "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	check("a script", script, true)
	check("a system program", "/bin/sh", true)
}

// Two libraries that need each other do not make the search endless.
func TestCycle(t *testing.T) {
	dir := t.TempDir()
	for name, needs := range map[string]string{"libx.so": "liby.so", "liby.so": "libx.so"} {
		elftest.Write(t, filepath.Join(dir, name), elftest.Image{SONAME: name, Needed: []string{needs}, Runpath: "${ORIGIN}"})
	}
	prog := filepath.Join(dir, "prog")
	elftest.Write(t, prog, elftest.Image{Needed: []string{"libx.so"}, Runpath: "${ORIGIN}", Message: "x"})
	if !MaySymlink(prog) {
		t.Error("all is beside it")
	}
	loads(t, prog, map[string]string{"libx.so": filepath.Join(dir, "libx.so"), "liby.so": filepath.Join(dir, "liby.so")})
}

// dlopen, by the name of a link: what a Python does with an extension module whose
// wheel brings libraries (auditwheel's $ORIGIN/../x.libs).
func TestDlopenThroughLinks(t *testing.T) {
	python := os.Getenv("LLGO_PY_TEST_NUMPY")
	if python == "" {
		t.Skip("LLGO_PY_TEST_NUMPY names no interpreter; scripts/test sets it")
	}
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	real, view := filepath.Join(top, "real"), filepath.Join(top, "view")
	elftest.Write(t, filepath.Join(real, "x", "ext.so"), elftest.Image{Needed: []string{"libb.so"}, Runpath: "$ORIGIN/../x.libs"})
	elftest.Write(t, filepath.Join(top, "libs", "libb.so"), elftest.Image{SONAME: "libb.so"})
	link(t, filepath.Join(view, "x"), bySymlink, filepath.Join(real, "x", "ext.so"))
	link(t, filepath.Join(view, "x.libs"), bySymlink, filepath.Join(top, "libs", "libb.so"))
	cmd := exec.Command(python, "-I", "-c", "import ctypes, sys; ctypes.CDLL(sys.argv[1])", filepath.Join(view, "x", "ext.so"))
	cmd.Env = []string{"LD_DEBUG=files"}
	out, err := cmd.CombinedOutput()
	if want := "calling init: " + view + "/x/../x.libs/libb.so"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v, want %q in %.2000s", err, want, out)
	}
}
