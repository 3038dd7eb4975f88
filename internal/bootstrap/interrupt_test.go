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

// interrupted starts a program, waits for its line "ready" and sends SIGINT until
// it has ended. One would do if it came when the program is where it says; it says
// so just before.
func interrupted(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // keeps reads of stdin waiting
		t.Fatal(err)
	}
	cmd.Stderr, cmd.Env = &stderr, pythontest.Environ()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		t.Fatalf("got %q, %v instead of ready; stderr %q", line, err, stderr.String())
	}
	time.Sleep(100 * time.Millisecond) // let it get into its call
	_ = cmd.Process.Signal(syscall.SIGINT)
	killer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	_, _ = io.Copy(&stdout, lines)
	return finish(t, cmd, &stdout, &stderr)
}

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
		{[]string{"code", "import time; print('ready'); time.sleep(60)"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import threading; print('ready'); threading.Event().wait()"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import os; print('ready'); os.read(0, 1)"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "print('ready'); input()"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "print('ready')\nwhile True: pass"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import time\ntry:\n print('ready'); time.sleep(60)\nexcept KeyboardInterrupt: print('caught')"}, lives, "caught\nstatus 0\n", ""},
		{[]string{"code", "import asyncio; print('ready'); asyncio.run(asyncio.sleep(60))"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import subprocess; print('ready'); subprocess.run(['sleep', '60'])"}, dies, "", "KeyboardInterrupt"},
		{[]string{"code", "import signal, time\nsignal.signal(signal.SIGINT, lambda *a: print('handler'))\nprint('ready'); time.sleep(0.5)"}, lives, "handler\nstatus 0\n", ""},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			o := interrupted(t, exec.Command(program(t, "app"), test.args...))
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
	o := interrupted(t, exec.Command(program(t, "handler"), "program handles"))
	if o.code != 0 || o.stdout != "handled in go\n" {
		t.Errorf("%+v", o)
	}
}

// TestIgnoredInterrupt: started with SIGINT ignored, as with nohup, a program keeps
// ignoring it.
func TestIgnoredInterrupt(t *testing.T) {
	code := "import signal, time\nassert signal.getsignal(signal.SIGINT) == signal.SIG_IGN\nprint('ready'); time.sleep(0.5)"
	o := interrupted(t, exec.Command("sh", "-c", `trap "" INT; exec "$0" code "$1"`, program(t, "app"), code))
	if o.code != 0 || o.stdout != "status 0\n" {
		t.Errorf("%+v", o)
	}
}
