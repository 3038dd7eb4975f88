package acceptance

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// standInLLGo puts a stand-in for llgo first: testdata/standin, and for its C compiler a
// script. What internal/compiler says to llgo is tested there.
func standInLLGo(t *testing.T) surroundings {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "llgo")
	compile := exec.Command("go", "build", "-o", bin, "./testdata/standin")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	plantFile(t, dir, "cc", "#!/bin/sh\nfor last; do :; done\necho object >\"$last\"\n")
	return surroundings{"LLGO_BIN=" + bin, "CC=" + filepath.Join(dir, "cc"), "LDFLAGS="}
}

// A program that another compiler linked with libpython becomes a directory, and one
// file: it finds the library of its bundle, whatever LD_LIBRARY_PATH says.
func TestLinkedProgram(t *testing.T) {
	t.Parallel()
	standIn := standInLLGo(t)
	src := copyApp(t, "hello")
	r := standIn.build(t, src, "--py-compiler=auto", "--py-onedir", "-o", "out/app")
	if !strings.Contains(r.stderr, "compiler llgo v0.13.0 ("+strings.TrimPrefix(standIn[0], "LLGO_BIN=")+")") {
		t.Errorf("the build does not name the compiler: %v", r)
	}
	dir := moveOut(t, src)
	checkDynamic(t, dir, "app")
	wrong := t.TempDir()
	plantFile(t, wrong, "libpython3.14.so.1.0", "not a library")
	env := []string{"HOME=" + t.TempDir(), "LD_LIBRARY_PATH=" + wrong}
	version := func(exe string) {
		cmd := exec.Command(exe, "-V")
		cmd.Env = env
		if r := start(t, cmd); r.code != 0 || !strings.HasPrefix(r.stdout, "Python 3.14.") {
			t.Errorf("%v", r)
		}
	}
	version(filepath.Join(dir, "app"))
	standIn.build(t, src, "--py-compiler=auto", "--py-onefile", "-o", "out/app")
	version(filepath.Join(src, "out", "app"))
	if !full() {
		return
	}
	standIn.build(t, src, "--py-compiler=auto", "--py-onedir", "--py-layout=farm", "-o", "farm/app")
	version(filepath.Join(src, "farm", "app"))
}

// Without llgo, auto is Go, and asking for llgo is an error that says what to do.
func TestNoLLGo(t *testing.T) {
	t.Parallel()
	none := surroundings{"LLGO_BIN=/nonexistent"}
	src := copyApp(t, "hello")
	r := none.tryBuild(t, src, "--py-compiler=llgo", "--py-onedir", "-o", "out/app")
	if r.code != 1 || !strings.Contains(r.stderr, "LLGO_BIN") || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("%v", r)
	}
	none.build(t, src, "--py-compiler=auto", "-o", "plain")
}
