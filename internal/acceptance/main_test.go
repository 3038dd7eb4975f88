package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/signaltest"
)

// llgo is the command under test.
var llgo string

// root is the repository.
var root string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "llgo-py-acceptance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	// What the developer's shell exports must not reach the programs.
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "PYTHON") {
			os.Unsetenv(name)
		}
	}
	signaltest.Interruptible()
	root, _ = filepath.Abs("../..")
	llgo = filepath.Join(dir, "llgo")
	build := exec.Command("go", "build", "-o", llgo, "./cmd/llgo")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "go build ./cmd/llgo:", err)
		return 1
	}
	return m.Run()
}

// result is what a program left behind.
type result struct {
	stdout, stderr string
	code           int // exit code, or -1 - signal
}

func (r result) String() string {
	return fmt.Sprintf("exit %d\nstdout:\n%s\nstderr:\n%s", r.code, r.stdout, r.stderr)
}

// patience is the longest that a command may take, on the slowest machine.
const patience = 10 * time.Minute

// start runs a command with both outputs piped.
func start(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, time.Minute // a child of it may have the pipes
	err := cmd.Start()
	if err == nil {
		hung := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		err = cmd.Wait()
		if !hung.Stop() {
			t.Errorf("%s: it was killed after %v", cmd, patience)
		}
	}
	if cmd.ProcessState == nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// surroundings are variables that a build is to see besides those of the test.
type surroundings []string

// build runs llgo build in dir and fails the test if it fails.
func build(t *testing.T, dir string, args ...string) result {
	t.Helper()
	return surroundings{}.build(t, dir, args...)
}

func tryBuild(t *testing.T, dir string, args ...string) result {
	t.Helper()
	return surroundings{}.tryBuild(t, dir, args...)
}

func (s surroundings) build(t *testing.T, dir string, args ...string) result {
	t.Helper()
	r := s.tryBuild(t, dir, args...)
	if r.code != 0 {
		t.Fatalf("llgo build %s: %v", strings.Join(args, " "), r)
	}
	return r
}

func (s surroundings) tryBuild(t *testing.T, dir string, args ...string) result {
	t.Helper()
	cmd := exec.Command(llgo, append([]string{"build", "--py-compiler=go"}, args...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), s...)
	return start(t, cmd)
}

// copyApp copies a program of testdata/apps to a new directory, so that its
// build tree can be hidden later.
func copyApp(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	copyAppTo(t, name, dir)
	return dir
}

func copyAppTo(t *testing.T, name, dir string) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "testdata", "apps", name))); err != nil {
		t.Fatal(err)
	}
	// Whoever built it by hand left a lock there, which git ignores.
	if err := os.RemoveAll(filepath.Join(dir, "pylock.toml")); err != nil {
		t.Fatal(err)
	}
}

// write makes a program of one main.go, with goplus/lib required.
func write(t *testing.T, main string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "prog")
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(root, "testdata", "apps", "hello", name))
		if err != nil {
			t.Fatal(err)
		}
		plantFile(t, dir, name, string(data))
	}
	plantFile(t, dir, "main.go", main)
	return dir
}

// plantFile writes an executable file, with the directories above it.
func plantFile(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := elftest.WriteExecutable(path, []byte(content)); err != nil {
		t.Fatal(err)
	}
}

// program is the source of testdata/<name>.go.
func program(t *testing.T, name string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", name+".go"))
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// packaged builds an app of testdata/apps once for all tests that only run it.
// Each call returns the same directory, which must not be changed.
func packaged(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(llgo), "packaged", name)
	builtOnce(t, filepath.Join(dir, name), "--py-onedir")
	return dir
}

// fast is for files of which it does not matter how small they are: to compress numpy
// well takes longer than most tests.
const fast = "--py-compress=fast"

// onefile is packaged as one file; hello is compressed as by default.
func onefile(t *testing.T, name string) string {
	t.Helper()
	exe, flags := filepath.Join(filepath.Dir(llgo), "onefile", name), []string{"--py-onefile"}
	if name != "hello" {
		flags = append(flags, fast)
	}
	builtOnce(t, exe, flags...)
	return exe
}

// builtOnce builds the app that exe is called after, unless another test did. Who comes
// while it is being built waits.
func builtOnce(t *testing.T, exe string, flags ...string) {
	t.Helper()
	madeOnce(t, exe, func() { build(t, sources(t, filepath.Base(exe)), append(flags, "-o", exe)...) })
}

// sources are those of an app, copied once: what is kept of an analysis of a program's own
// modules goes by where they are. They must not be changed. Programs that are sealed off
// do not see them.
func sources(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(sourcesDir(), name)
	madeOnce(t, dir, func() { copyAppTo(t, name, dir) })
	return dir
}

func sourcesDir() string { return filepath.Join(filepath.Dir(llgo), "sources") }

// madeOnce sees to it that path is there, by make unless another test did that.
func madeOnce(t *testing.T, path string, make func()) {
	t.Helper()
	once, _ := made.LoadOrStore(path, new(sync.Once))
	once.(*sync.Once).Do(make)
	if _, err := os.Stat(path); err != nil {
		t.Fatal("the test that was to make it failed: ", err)
	}
}

// made are what madeOnce did, each a *sync.Once.
var made sync.Map

// expected is what an app prints.
func expected(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "testdata", "apps", name, "expected.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
