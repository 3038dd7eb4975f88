package launcher

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
)

const repository = "../.."

// onedir builds the Go files of sources, by name, as a directory <dir>/app,
// <dir>/python with compiler go.
func onedir(t *testing.T, sources map[string]string) string {
	t.Helper()
	src, dir := t.TempDir(), filepath.Join(t.TempDir(), "package")
	for _, name := range []string{"go.mod", "go.sum"} {
		sources[name] = read(t, filepath.Join(repository, "testdata", "apps", "hello", name))
	}
	for name, text := range sources {
		path := filepath.Join(src, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	llgo := filepath.Join(scratch, "llgo")
	command(t, repository, "go", "build", "-o", llgo, "./cmd/llgo")
	command(t, src, llgo, "build", "--py-compiler=go", "--py-onedir", "-o", filepath.Join(dir, "app"), ".")
	return dir
}

// oneFile makes one file of a directory and moves the directory away.
func oneFile(t *testing.T, dir string, origin bool) string {
	t.Helper()
	exe := launcherOf(t, filepath.Join(dir, "app"), filepath.Join(dir, "python"), origin)
	if err := os.Rename(dir, dir+" was here"); err != nil {
		t.Fatal(err)
	}
	return exe
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestHello prints what the directory prints, at the first start and the next.
func TestHello(t *testing.T) {
	hello := filepath.Join(repository, "testdata", "apps", "hello")
	exe := oneFile(t, onedir(t, map[string]string{"main.go": read(t, filepath.Join(hello, "main.go"))}), true)
	home := t.TempDir()
	for _, verbose := range []string{"unpacked", "ready after"} {
		p := process{file: exe, args: []string{"hi"}, env: []string{"HOME=" + home}, dir: t.TempDir()}
		if verbose == "unpacked" {
			p.env = append(p.env, "LLGO_PY_VERBOSE=1")
		}
		o := p.run(t)
		said := strings.Contains(o.stderr, verbose) || verbose != "unpacked" && o.stderr == ""
		if o.status != 0 || o.stdout != read(t, filepath.Join(hello, "expected.txt")) || !said {
			t.Errorf("%v", o)
		}
	}
}

// TestChildren: what a child of the program's Go side and one of its Python side
// inherit is what the program was started with, byte for byte, although the
// program is told where the user's file is.
func TestChildren(t *testing.T) {
	dir := onedir(t, map[string]string{"main.go": read(t, filepath.Join(repository, "internal", "acceptance", "testdata", "child.go"))})
	env := []string{"A=1", "HOME=" + t.TempDir(), "LD_LIBRARY_PATH=/opt/x", "EMPTY="}
	p := process{file: filepath.Join(dir, "app"), args: []string{"app"}, env: env, dir: t.TempDir()}
	want := p.run(t)
	if list := strings.Join(env, " "); !strings.HasPrefix(want.stdout, "go: "+list+"\npython: "+list+"\nfds: ") {
		t.Fatalf("the directory's program: %v", want)
	}
	p.file = oneFile(t, dir, true)
	for _, start := range []string{"first", "second", "with a stale variable"} {
		if start == "with a stale variable" {
			p.env = append(p.env, "LLGO_PY_ORIGIN=1:/from/a/parent")
		}
		if got := p.run(t); got != want {
			t.Errorf("%s start: %v\nwant: %v", start, got, want)
		}
	}
}

// originProgram prints what an early package, package main, Python and a child see of the variable.
var originProgram = map[string]string{
	// A path that sorts before all others, and no way to Python.
	"aaa/aaa.go": "package aaa\n\nimport \"os\"\n\nvar Seen = os.Getenv(\"LLGO_PY_ORIGIN\")\n",
	"main.go": `package main

import (
	"fmt"
	"os"

	"example.com/hello/aaa"
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	fmt.Printf("go %q %q\n", aaa.Seen, os.Getenv("LLGO_PY_ORIGIN"))
	py.RunSimpleString(c.Str("import os, subprocess, sys\n" +
		"print('python', 'LLGO_PY_ORIGIN' in os.environ, sys._llgo_origin)\n" +
		"subprocess.run(['/bin/sh', '-c', 'echo child $LLGO_PY_ORIGIN'])\n"))
}
`,
}

// TestOrigin: a program knows which file the user started, nobody else does, and
// nobody can tell it lies by accident.
func TestOrigin(t *testing.T) {
	dir := onedir(t, originProgram)
	app := filepath.Join(dir, "app")
	env := []string{"HOME=" + t.TempDir()}
	stale := append(env, "LLGO_PY_ORIGIN=1:/from/a/parent")
	seen := func(file, origin string, env []string) {
		t.Helper()
		o := process{file: file, args: []string{"app"}, env: env, dir: "/"}.run(t)
		if want := "go \"\" \"\"\npython False " + origin + "\nchild\n"; o.stdout != want || o.status != 0 {
			t.Errorf("%v\nwant:\n%s", o, want)
		}
	}
	seen(app, app, env)
	seen(app, app, stale)
	told := launcherOf(t, app, filepath.Join(dir, "python"), true)
	seen(told, told, env)
	seen(told, told, stale)

	link := filepath.Join(t.TempDir(), "link") // the file itself, as os.Executable has it
	if err := os.Symlink(told, link); err != nil {
		t.Fatal(err)
	}
	seen(link, told, env)
}

// TestOriginUntold is what a program sees that does not take the variable away:
// nothing, if nobody said that it would, and no more than the variable otherwise.
func TestOriginUntold(t *testing.T) {
	cache := "LLGO_PY_CACHE=" + t.TempDir()
	p := process{args: []string{"sh", "-c", `echo $$; tr '\0' '\n' < /proc/self/environ`}, env: []string{cache}}
	p.file = plain(t, "sh", false)
	o := p.run(t)
	if pid, rest, _ := strings.Cut(o.stdout, "\n"); pid == "" || strings.Contains(rest, "LLGO_PY_ORIGIN") {
		t.Errorf("%v", o)
	}
	p.file = plain(t, "sh", true)
	o = p.run(t)
	if pid, rest, _ := strings.Cut(o.stdout, "\n"); !strings.Contains(rest, "LLGO_PY_ORIGIN="+pid+":"+p.file+"\n") {
		t.Errorf("%v", o)
	}
}

// TestReproducible: two builds are the same bytes, and name nothing of this machine.
func TestReproducible(t *testing.T) {
	first := read(t, plainAnew(t, "sh", true))
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("GOFLAGS", "-tags=other -mod=vendor")
	if second := read(t, plainAnew(t, "sh", true)); first != second {
		t.Errorf("%d and %d bytes, not the same", len(first), len(second))
	}
	cache, err := cachedir.Root()
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	for _, needle := range []string{scratch, cache, here, "llgo-py-launcher-", strings.TrimSpace(command(t, "", "go", "env", "GOMODCACHE"))} {
		if i := bytes.Index([]byte(first), []byte(needle)); i >= 0 {
			t.Errorf("it contains %s: %q", needle, first[max(0, i-20):i+60])
		}
	}
}

// TestListing: any zip reader that knows zstd can list and test the finished file.
func TestListing(t *testing.T) {
	pythons := filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS"))
	if len(pythons) == 0 || exec.Command(pythons[0], "-c", "import compression.zstd").Run() != nil {
		t.Skip("SKIP: LLGO_PY_TEST_PYTHONS does not begin with a CPython 3.14: scripts/test sets it")
	}
	exe := plain(t, "grep", false)
	list := command(t, "", pythons[0], "-m", "zipfile", "-l", exe)
	if !strings.Contains(list, "\ngrep ") || !strings.Contains(list, "\npython/file ") {
		t.Errorf("%s", list)
	}
	command(t, "", pythons[0], "-m", "zipfile", "-t", exe)
}
