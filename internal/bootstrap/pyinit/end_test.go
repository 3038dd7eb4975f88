package pyinit

import (
	"context"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/origin"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// An end is how a program ends and what of it can be seen.
var ends = []struct {
	name   string
	args   []string
	code   int
	stdout string
	stderr string // part of it; "" for nothing
}{
	{"returns", []string{"code", "print('a', end='')", "return", "0"}, 0, "a", ""},
	{"exits", []string{"code", "print('a', end='')", "exit", "3"}, 3, "a", ""},
	{"atexit", []string{"code", "import atexit; atexit.register(print, 'bye')", "return", "4"}, 4, "bye\n", ""},
	{"atexit of exit", []string{"code", "import atexit; atexit.register(print, 'bye')", "exit", "0"}, 0, "bye\n", ""},
	{"waits for threads", []string{"code", "import threading, time; threading.Thread(target=lambda: (time.sleep(.2), print('late'))).start()"}, 0, "late\n", ""},
	{"exit waits for nobody", []string{"code", "import threading, time; threading.Thread(target=lambda: time.sleep(60)).start()", "exit", "0"}, 0, "", ""},
	{"exits on another thread", []string{"code", "print('a')", "leave", "5"}, 5, "a\n", ""},
	{"aborts", []string{"code", "print('a')", "abort", ""}, -1, "a\n", ""},
	{"exception nobody looks at", []string{"ignore", "1/0"}, 1, "", "ZeroDivisionError: "},
	{"the same before exit", []string{"ignore", "1/0", "exit", "0"}, 1, "", "ZeroDivisionError: "},
	{"the program's status stands", []string{"ignore", "1/0", "exit", "7"}, 7, "", "ZeroDivisionError: "},
	{"SystemExit", []string{"ignore", "raise SystemExit(9)"}, 9, "", ""},
	{"SystemExit without", []string{"ignore", "raise SystemExit"}, 0, "", ""},
	{"SystemExit with text", []string{"ignore", "raise SystemExit('so what')"}, 1, "", "so what\n"},
	{"KeyboardInterrupt", []string{"ignore", "raise KeyboardInterrupt"}, -1, "", "KeyboardInterrupt"},
	{"Ctrl-C in Python", []string{"ignore", "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(9)"}, -1, "", "KeyboardInterrupt"},
	{"flush that fails", []string{"code", "import sys; sys.stdout = open('/dev/full', 'w'); print('x')"}, 120, "", "No space left"},
	{"starts Python itself", []string{"again", "", "code", "print('a', end='')", "again", "", "return", "0"}, 0, "a", ""},
}

func TestEnds(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, _ settings.Settings) {
		for _, end := range ends {
			t.Run(end.name, func(t *testing.T) {
				o := run(t, exec.Command(exe, end.args...))
				want(t, o, end.code, end.stdout)
				if !strings.Contains(o.stderr, end.stderr) || end.stderr == "" && o.stderr != "" {
					t.Errorf("stderr %q, want %q", o.stderr, end.stderr)
				}
			})
		}
	})
}

// TestChildren compares what a child of Python inherits with what the program was
// given: environment, file descriptors, ignored and blocked signals.
func TestChildren(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, _ settings.Settings) {
		const child = `env; ls -l /proc/self/fd | wc -l; grep -E "Sig(Blk|Ign)" /proc/self/status`
		env := []string{"PATH=/usr/bin:/bin", "X=ü"}
		direct := exec.Command("sh", "-c", child)
		direct.Env = env
		given := run(t, direct)
		if given.code != 0 {
			t.Skip("no /proc here")
		}
		cmd := exec.Command(exe, "code", "import subprocess; print(subprocess.check_output(['sh', '-c', '"+child+
			"'], restore_signals=False, close_fds=False, text=True), end='')")
		cmd.Env = env
		want(t, run(t, cmd), 0, given.stdout)
	})
}

// TestBrokenPipe: Python still gets the error of the write, and not the signal.
func TestBrokenPipe(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, _ settings.Settings) {
		o := run(t, exec.Command(exe, "code", "import os\nr, w = os.pipe(); os.close(r)\ntry: os.write(w, b'x')\nexcept BrokenPipeError: print('broken')"))
		want(t, o, 0, "broken\n")
	})
}

func TestProcesses(t *testing.T) {
	const pool = "import multiprocessing, math\nwith multiprocessing.get_context('%').Pool(2) as pool: print(pool.map(math.sqrt, [1, 4, 9]))"
	eachPython(t, func(t *testing.T, exe string, _ settings.Settings) {
		for _, method := range []string{"fork", "spawn", "forkserver"} {
			o := run(t, exec.Command(exe, "code", strings.Replace(pool, "%", method, 1)))
			want(t, o, 0, "[1.0, 2.0, 3.0]\n")
		}
	})
}

// TestWorkers: a program without an interpreter is one for multiprocessing, and no
// child of it runs the program again.
func TestWorkers(t *testing.T) {
	const pool = "import multiprocessing, math, sys\nassert sys.executable == sys._llgo_origin, sys.executable\n" +
		"with multiprocessing.get_context('%').Pool(2) as pool: print(pool.map(math.sqrt, [1, 4, 9]))"
	eachPython(t, func(t *testing.T, exe string, python settings.Settings) {
		dir := t.TempDir()
		app := filepath.Join(dir, "app")
		copyFile(t, exe, app)
		linkAll(t, python.Prefix, filepath.Join(dir, settings.PythonDir), "bin")
		for _, method := range []string{"spawn", "forkserver"} {
			// A failure of this is a program that starts itself for ever: it is
			// ended with all that it started.
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			cmd := exec.CommandContext(ctx, app, "code", strings.Replace(pool, "%", method, 1))
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
			o := run(t, cmd)
			cancel()
			want(t, o, 0, "[1.0, 2.0, 3.0]\n")
		}
		// Anything else is the program's own command line.
		want(t, run(t, exec.Command(app, "code", "print(1)", "-c", "from multiprocessing.spawn import x")), 0, "1\n")
	})
}

// TestOrigin: the launcher's variable is believed if it is this process's own, and
// gone in any case.
func TestOrigin(t *testing.T) {
	const show = "import os, sys; print(sys._llgo_origin, os.environ.get('" + origin.Variable + "'))"
	eachPython(t, func(t *testing.T, exe string, _ settings.Settings) {
		o := run(t, exec.Command("sh", "-c", origin.Variable+`=$$:/user/file exec "$0" code "$1"`, exe, show))
		want(t, o, 0, "/user/file None\n")
		for _, value := range []string{"1:/user/file", "", ":", strconv.Itoa(1<<30) + ":/x"} {
			cmd := exec.Command(exe, "code", show)
			cmd.Env = []string{origin.Variable + "=" + value}
			want(t, run(t, cmd), 0, filepath.Join(filepath.Dir(exe), "app")+" None\n")
		}
		o = run(t, exec.Command("sh", "-c", origin.Variable+`=$$:relative exec "$0" code "$1"`, exe, show))
		want(t, o, 0, exe+" None\n")
	})
}
