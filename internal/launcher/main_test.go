package launcher

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
)

// scratch is for what several tests use.
var scratch string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "llgo-py-launcher-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}

// launcherOf makes one file of program, with what is in python.
func launcherOf(t *testing.T, program, python string, origin bool) string {
	t.Helper()
	output := filepath.Join(t.TempDir(), "one", "file")
	err := Build(context.Background(), Options{
		Program: program, Python: python, Name: filepath.Base(program), Output: output,
		Origin: origin, Stderr: os.Stderr, Env: os.Environ(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// plain is one file of a program of the system, which, unlike one in Go, has no run time
// that changes what it was started with. Each call returns a copy of its own of what is
// built once.
func plain(t *testing.T, name string, origin bool) string {
	t.Helper()
	key := fmt.Sprint(name, origin)
	if plains[key] == nil {
		plains[key] = []byte(read(t, plainAnew(t, name, origin)))
	}
	output := filepath.Join(t.TempDir(), "file")
	if err := elftest.WriteExecutable(output, plains[key]); err != nil {
		t.Fatal(err)
	}
	return output
}

var plains = map[string][]byte{}

// plainAnew is plain, built again.
func plainAnew(t *testing.T, name string, origin bool) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		t.Fatal(err)
	}
	python := t.TempDir()
	if err := os.WriteFile(filepath.Join(python, "file"), []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	return launcherOf(t, program, python, origin)
}

// outcome is what a process left behind.
type outcome struct {
	stdout, stderr string
	status         syscall.WaitStatus
}

func (o outcome) String() string {
	return fmt.Sprintf("status %#x\nstdout:\n%s\nstderr:\n%s", int(o.status), o.stdout, o.stderr)
}

// process is a start of a program in all detail; exec.Cmd would tidy the environment.
type process struct {
	file  string
	args  []string
	env   []string
	dir   string
	stdin string
}

func (p process) run(t *testing.T) outcome {
	t.Helper()
	stdout, stderr := new(bytes.Buffer), new(bytes.Buffer)
	files := []*os.File{pipeFrom(t, p.stdin)}
	var copies []chan error
	for _, buf := range []*bytes.Buffer{stdout, stderr} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { _, err := buf.ReadFrom(r); done <- err }()
		files, copies = append(files, w), append(copies, done)
	}
	proc, err := os.StartProcess(p.file, p.args, &os.ProcAttr{Dir: p.dir, Env: p.env, Files: files})
	for _, f := range files {
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	state, err := proc.Wait()
	for _, done := range copies {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), state.Sys().(syscall.WaitStatus)}
}

func pipeFrom(t *testing.T, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteString(text); err != nil { // fits into the pipe
		t.Fatal(err)
	}
	w.Close()
	return r
}

// command runs a command and fails the test if that fails.
func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
