package bootstrap_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

func TestMain(m *testing.M) { pythontest.Main(m) }

// The tests here run a real program, testdata/scenarios, built as the front end
// builds one: Python in the folder "python" beside it, output into pipes.

var built struct {
	sync.Once
	dir string // holds app, handler and python
	err error
}

// program builds the program once per Python and returns its path. The variant
// "handler" says that it handles SIGINT itself.
func program(t *testing.T, name string) string {
	t.Helper()
	built.Do(func() { built.dir, built.err = build() })
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, name)
}

func build() (string, error) {
	scratch, err := pythontest.Scratch()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(scratch, "with space ü")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	s := pythontest.Chosen()
	if err := os.Symlink(s.Prefix, filepath.Join(dir, "python")); err != nil {
		return "", err
	}
	config := settings.Settings{Minor: s.Minor, LibPython: s.LibPython, LibDir: s.LibDir}
	if err := link(filepath.Join(dir, "app"), config); err != nil {
		return "", err
	}
	config.HandlesSignals = true
	return dir, link(filepath.Join(dir, "handler"), config)
}

func link(output string, config settings.Settings) error {
	const variable = "github.com/llgo-pypack/llgo-pypack/internal/bootstrap.config"
	cmd := exec.Command("go", "build", "-tags=llgopy", "-o", output,
		"-ldflags=-checklinkname=0 -s -w -X "+variable+"="+config.Encode(), "./testdata/scenarios")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.New(string(out))
	}
	return nil
}

// outcome is what a run leaves behind.
type outcome struct {
	stdout, stderr string
	code           int            // exit status, -1 if killed
	signal         syscall.Signal // that killed it
}

func run(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if cmd.Env == nil {
		cmd.Env = pythontest.Environ()
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return finish(t, cmd, &stdout, &stderr)
}

// finish waits, and kills a program that hangs.
func finish(t *testing.T, cmd *exec.Cmd, stdout, stderr *bytes.Buffer) outcome {
	t.Helper()
	killer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	_ = cmd.Wait()
	state := cmd.ProcessState.Sys().(syscall.WaitStatus)
	o := outcome{stdout: stdout.String(), stderr: stderr.String(), code: cmd.ProcessState.ExitCode()}
	if state.Signaled() {
		o.signal = state.Signal()
	}
	return o
}

func scenario(t *testing.T, args ...string) outcome {
	t.Helper()
	return run(t, exec.Command(program(t, "app"), args...))
}

// TestEndings is how a program ends: status, everything on stdout, and what must be
// on stderr ("" for nothing at all), once.
func TestEndings(t *testing.T) {
	const valueError = "ValueError: invalid literal for int() with base 10: 'x'"
	for _, test := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"order"}, 0, "python 1\ngo 2\nc 3\npython 4\nc 5\ngo 6\n", ""},
		{[]string{"ignored"}, 1, "after\n", valueError + "\nnot handled by the Go program at main.go:"},
		{[]string{"next call"}, 1, "after\n", valueError},
		{[]string{"printed"}, 0, "still here\n", valueError},
		{[]string{"cleared"}, 0, "still here\n", ""},
		{[]string{"other goroutine"}, 1, "main is fine\n", valueError},
		{[]string{"exit 3"}, 3, "", ""},
		{[]string{"exit none"}, 0, "", ""},
		{[]string{"exit message"}, 1, "", "bye\n"},
		{[]string{"printed exit"}, 6, "", ""},
		{[]string{"code", "print('x', end=''); import sys; sys.exit(3)"}, 3, "x", ""},
		{[]string{"code", "1/0"}, 0, "status -1\n", "ZeroDivisionError"},
		{[]string{"code", "raise KeyboardInterrupt"}, -1, "", "KeyboardInterrupt"},
		{[]string{"code", "import sys; sys.excepthook = lambda *a: print('hook', a[0].__name__)\n1/0"}, 0, "hook ZeroDivisionError\nstatus -1\n", ""},
		{[]string{"code", "import sys; sys.stdout.reconfigure(line_buffering=False); print('buffered')"}, 0, "status 0\nbuffered\n", ""},
		{[]string{"os.Exit"}, 4, "partial atexit\n", ""},
		{[]string{"os.Exit 0"}, 1, "partial ", valueError},
		{[]string{"log.Fatal"}, 1, "partial ", "fatal"},
		{[]string{"finalize"}, 0, "atexit\ngo\npython\n", ""},
		{[]string{"panic"}, 2, "line\n", "panic: go panics"},
		{[]string{"thread"}, 0, "main returns\nthread done\n", ""},
		{[]string{"thread os.Exit"}, 0, "", ""},
		{[]string{"python runs"}, 0, "python ran True\n", ""},
		{[]string{"goroutines"}, 0, "198400 6400\n", ""},
		{[]string{"busy gil"}, 7, "", ""},
		{[]string{"missing"}, 1, "", "No module named 'no_such_module'\nneeded by missing.F in Go\n"},
		{[]string{"attribute"}, 1, "", "has no attribute 'nothing'\nneeded by path.Nothing in Go\n"},
		{[]string{"function"}, 0, "[<built-in function abs>, 1]\n", ""},
		{[]string{"not a function"}, 1, "", "TypeError: a Go value of type func() has no Python form"},
		{[]string{"callback"}, 0, "python called go with 41\n42\npython called go with 1\n2\n", ""},
		{[]string{"nil"}, 1, "", "SystemError: null argument to internal routine"},
		{[]string{"recursion"}, 0, "caught\n", ""},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			o := scenario(t, test.args...)
			if o.code != test.code || o.stdout != test.stdout {
				t.Errorf("status %d, stdout %q; want %d, %q", o.code, o.stdout, test.code, test.stdout)
			}
			if test.stderr == "" && o.stderr != "" || strings.Count(o.stderr, test.stderr) != 1 && test.stderr != "" {
				t.Errorf("stderr %q, want %q once", o.stderr, test.stderr)
			}
		})
	}
}

func TestExitFlushesFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	o := scenario(t, "c.Exit", file)
	content, _ := os.ReadFile(file)
	if o.code != 5 || o.stdout != "partial " || string(content) != "kept" {
		t.Errorf("status %d, stdout %q, file %q", o.code, o.stdout, content)
	}
}

func TestRunSimpleFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "é script.py")
	if err := os.WriteFile(file, []byte("import os\nprint(os.path.basename(__file__))\n1/0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := scenario(t, "file", file)
	if o.stdout != "é script.py\nstatus -1\n" || !strings.Contains(o.stderr, "line 3, in <module>") {
		t.Errorf("%+v", o)
	}
}

// TestFullDevice: output that cannot be written is an error, as with CPython.
func TestFullDevice(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("SKIP: this system has no /dev/full")
	}
	defer full.Close()
	cmd := exec.Command(program(t, "app"), "code", "print('x', end='')")
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = full, &stderr, pythontest.Environ()
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 120 || !strings.Contains(stderr.String(), "No space left") {
		t.Errorf("status %d, stderr %q; want 120", code, stderr.String())
	}
}

// TestClosedStdout: Go opens /dev/null in the place of a closed standard stream.
func TestClosedStdout(t *testing.T) {
	cmd := exec.Command("sh", "-c", `exec "$0" order >&-`, program(t, "app"))
	if o := run(t, cmd); o.code != 0 || o.stderr != "" {
		t.Errorf("%+v", o)
	}
}

// TestBrokenPipe: Go's disposition of SIGPIPE stays, and Python sees the error.
func TestBrokenPipe(t *testing.T) {
	code := "import sys\ntry:\n for i in range(100000): print('x' * 100)\nexcept BrokenPipeError: print('pipe', file=sys.stderr)"
	cmd := exec.Command("sh", "-c", `"$0" code "$1" | true`, program(t, "app"), code)
	if o := run(t, cmd); !strings.Contains(o.stderr, "pipe") {
		t.Errorf("%+v", o)
	}
}
