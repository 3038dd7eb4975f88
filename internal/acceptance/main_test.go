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

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
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

// start runs a command with both outputs piped.
func start(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
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
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "testdata", "apps", name))); err != nil {
		t.Fatal(err)
	}
	// Whoever built it by hand left a lock there, which git ignores.
	if err := os.RemoveAll(filepath.Join(dir, "pylock.toml")); err != nil {
		t.Fatal(err)
	}
	return dir
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

// onefile is packaged as one file; hello is as small as can be.
func onefile(t *testing.T, name string) string {
	t.Helper()
	exe, flags := filepath.Join(filepath.Dir(llgo), "onefile", name), []string{"--py-onefile"}
	if name != "hello" {
		flags = append(flags, fast)
	}
	builtOnce(t, exe, flags...)
	return exe
}

// builtOnce builds the app that exe is called after, unless another test did, and removes
// its sources. Who comes while it is being built waits.
func builtOnce(t *testing.T, exe string, flags ...string) {
	t.Helper()
	once, _ := builds.LoadOrStore(exe, new(sync.Once))
	once.(*sync.Once).Do(func() {
		src := copyApp(t, filepath.Base(exe))
		build(t, src, append(flags, "-o", exe)...)
		if err := os.RemoveAll(src); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := os.Stat(exe); err != nil {
		t.Fatal("the test that was to build it failed: ", err)
	}
}

// builds are those of builtOnce, each a *sync.Once.
var builds sync.Map

// expected is what an app prints.
func expected(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "testdata", "apps", name, "expected.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
