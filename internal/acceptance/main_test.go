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

// build runs llgo build in dir and fails the test if it fails.
func build(t *testing.T, dir string, args ...string) result {
	t.Helper()
	r := tryBuild(t, dir, args...)
	if r.code != 0 {
		t.Fatalf("llgo build %s: %v", strings.Join(args, " "), r)
	}
	return r
}

func tryBuild(t *testing.T, dir string, args ...string) result {
	t.Helper()
	cmd := exec.Command(llgo, append([]string{"build", "--py-compiler=go"}, args...)...)
	cmd.Dir = dir
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
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
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
	packagedMu.Lock()
	defer packagedMu.Unlock()
	if dir, ok := packagedApps[name]; ok {
		return dir
	}
	dir := filepath.Join(filepath.Dir(llgo), "packaged", name)
	build(t, copyApp(t, name), "--py-onedir", "-o", filepath.Join(dir, name))
	packagedApps[name] = dir
	return dir
}

var (
	packagedMu   sync.Mutex
	packagedApps = map[string]string{}
)

// expected is what an app prints.
func expected(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "testdata", "apps", name, "expected.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
