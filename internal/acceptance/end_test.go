package acceptance

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// How a program ends: nothing that Python printed is lost, no exception
// vanishes, the exit code is right. Outputs are pipes, as in CI jobs.
func TestEnd(t *testing.T) {
	t.Parallel()
	src := write(t, program(t, "end"))
	build(t, src, "--py-onedir", "-o", "out/app")
	exe := filepath.Join(src, "out", "app")
	for _, test := range []struct {
		name, stdout, stderr string // stderr: a part of it, "" for none at all
		code                 int
	}{
		{"return", "partial line", "", 0},
		{"exit", "partial line", "", 4},
		{"fatal", "partial line", "fatal from Go", 1},
		{"unhandled", "before\n", "ZeroDivisionError", 1},
		{"handled", "before\nafter\n", "ZeroDivisionError", 0},
		{"cleared", "before\nafter\n", "", 0},
		{"next call", "before\n", "ZeroDivisionError", 1},
		{"sys.exit", "before\n", "", 3},
		{"sys.exit text", "before\n", "a reason", 1},
		{"goroutine", "before\n", "ZeroDivisionError", 1},
		{"panic", "line\n", "panic: Go panic", 2},
		{"atexit", "main\natexit\n", "", 0},
		{"python thread", "main\nthread\n", "", 0},
		{"order", "python 1\ngo 1\npython 2\ngo 2\n", "", 0},
		{"import", "", "No module named 'no_such_module'", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.Command(exe, test.name)
			cmd.Dir, cmd.Env = t.TempDir(), []string{}
			r := start(t, cmd)
			if r.code != test.code || r.stdout != test.stdout || !strings.Contains(r.stderr, test.stderr) || (test.stderr == "") != (r.stderr == "") {
				t.Errorf("%v\nwant exit %d, stdout %q, stderr …%s…", r, test.code, test.stdout, test.stderr)
			}
			if n := strings.Count(r.stderr, "Traceback"); n > 1 {
				t.Errorf("%d tracebacks: %s", n, r.stderr)
			}
		})
	}
}

// Ctrl-C is KeyboardInterrupt while Python runs, and the usual death otherwise.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	src := write(t, program(t, "end"))
	build(t, src, "--py-onedir", "-o", "out/app")
	for _, test := range []struct{ name, stdout, stderr string }{
		{"interrupt python", "ready\n", "KeyboardInterrupt"},
		{"interrupt caught", "ready\ncaught\n", ""},
		{"interrupt go", "ready\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.Command(filepath.Join(src, "out", "app"), test.name)
			cmd.Dir, cmd.Env = t.TempDir(), []string{}
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			var stderr strings.Builder
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReader(stdout)
			got, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("it never got ready: %v\n%s", err, &stderr)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			for line := ""; err == nil; got += line {
				line, err = lines.ReadString('\n')
			}
			_ = cmd.Wait()
			status := cmd.ProcessState.Sys().(syscall.WaitStatus)
			caught := test.name == "interrupt caught"
			if got != test.stdout || !strings.Contains(stderr.String(), test.stderr) || caught != (status.ExitStatus() == 0) ||
				!caught && !(status.Signaled() && status.Signal() == syscall.SIGINT) {
				t.Errorf("stdout %q, status %v, stderr:\n%s", got, describe(status), &stderr)
			}
		})
	}
}

func describe(s syscall.WaitStatus) string {
	if s.Signaled() {
		return "signal " + s.Signal().String()
	}
	return fmt.Sprint("exit ", s.ExitStatus())
}
