package bootstrap_test

import (
	"bufio"
	"bytes"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

// interrupted starts a program, waits for its line "ready", which it says where it may
// be interrupted from then on, sends one SIGINT, and closes its stdin if it is to end
// by itself.
func interrupted(t *testing.T, cmd *exec.Cmd, ends bool) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe() // keeps reads of stdin waiting
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr, cmd.Env = &stderr, pythontest.Environ()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its children have the pipes
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killer := time.AfterFunc(time.Minute, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer killer.Stop()
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		t.Fatalf("got %q, %v instead of ready; stderr %q", line, err, stderr.String())
	}
	_ = cmd.Process.Signal(syscall.SIGINT)
	if ends {
		_ = in.Close()
	}
	_, _ = io.Copy(&stdout, lines)
	return finish(t, cmd, &stdout, &stderr)
}

// late blocks a good while after the interrupt is there, and runs no bytecode before it
// does: a computation in C, then a sleep.
const late = `
from collections import deque
from functools import partial
from hashlib import pbkdf2_hmac
from itertools import starmap
from time import sleep
parts = [(partial(pbkdf2_hmac, 'sha256', b'', b'', 500_000),), (partial(sleep, 600),)]
print('ready')
deque(starmap(partial.__call__, parts), 0)`

// TestInterrupt sends one Ctrl-C to a program in many states.
func TestInterrupt(t *testing.T) {
	const dies, lives = true, false
	for _, test := range []struct {
		args           []string
		dies           bool // by SIGINT; otherwise it ends with status 0
		stdout, stderr string
	}{
		{[]string{"sleep"}, dies, "interrupted\n", "KeyboardInterrupt"},
		{[]string{"sleep caught"}, lives, "caught\n", ""},
		{[]string{"sleep in go"}, dies, "atexit\n", ""},
		{[]string{"asyncio then go"}, dies, "", ""},
		{[]string{"code", "import time; print('ready'); time.sleep(600)"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import threading; print('ready'); threading.Event().wait()"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import os; print('ready'); os.read(0, 1)"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "print('ready'); input()"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "print('ready')\nwhile True: pass"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import time\ntry:\n print('ready'); time.sleep(600)\nexcept KeyboardInterrupt: print('caught')"}, lives, "caught\nstatus 0\n", ""},
		{[]string{"code", "import asyncio\nasync def f(): print('ready'); await asyncio.sleep(600)\nasyncio.run(f())"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import subprocess; child = subprocess.Popen(['sleep', '600'])\ntry: print('ready'); child.wait()\nfinally: child.kill()"}, dies, "", "KeyboardInterrupt"},
		// The byte that CPython's handler in C writes ends the read: a signal just before the system
		// call would be seen behind it only, there as in any interpreter.
		{[]string{"code", "import os, signal\nr, w = os.pipe()\nos.set_blocking(w, False); signal.set_wakeup_fd(w)\nseen = []\nsignal.signal(signal.SIGINT, lambda *a: seen.append('handler'))\nprint('ready'); os.read(r, 1)\nwhile not seen: pass\nprint(*seen)"}, lives, "handler\nstatus 0\n", ""},
		{[]string{"code", late}, dies, "", "KeyboardInterrupt"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			o := interrupted(t, exec.Command(program(t, "app"), test.args...), false)
			if died := o.signal == syscall.SIGINT; died != test.dies || !died && o.code != 0 {
				t.Errorf("%+v", o)
			}
			if o.stdout != test.stdout || strings.Count(o.stderr, "KeyboardInterrupt") == 0 && test.stderr != "" {
				t.Errorf("%+v", o)
			}
			if test.stderr == "" && o.stderr != "" {
				t.Errorf("%+v", o)
			}
		})
	}
}

// TestProgramHandlesInterrupt: a program that asks os/signal for SIGINT gets it.
func TestProgramHandlesInterrupt(t *testing.T) {
	o := interrupted(t, exec.Command(program(t, "handler"), "program handles"), false)
	if o.code != 0 || o.stdout != "handled in go\n" {
		t.Errorf("%+v", o)
	}
}

// TestIgnoredInterrupt: started with SIGINT ignored, as with nohup, a program keeps
// ignoring it.
func TestIgnoredInterrupt(t *testing.T) {
	code := "import signal, sys\nassert signal.getsignal(signal.SIGINT) == signal.SIG_IGN\nprint('ready'); sys.stdin.read()"
	o := interrupted(t, exec.Command("sh", "-c", `trap "" INT; exec "$0" code "$1"`, program(t, "app"), code), true)
	if o.code != 0 || o.stdout != "status 0\n" {
		t.Errorf("%+v", o)
	}
}
