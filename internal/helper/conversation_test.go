package helper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// standIn is a conversation with a script that plays pyhelper, because the real
// one does not crash on demand. The script finds the request in "request" and
// sends messages with say().
func standIn(t *testing.T, ctx context.Context, script string) (*conversation, *Hello) {
	t.Helper()
	const prelude = `
import json, os, signal, sys, time
request = json.load(sys.stdin)
def say(**message):
    print(json.dumps(message), flush=True)
HELLO = dict(type="hello", protocol=1, python="3.14.6", packages={"lief": "1.0.0"})
`
	file := filepath.Join(t.TempDir(), "stand_in_helper.py")
	if err := os.WriteFile(file, []byte(prelude+script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, err := managed(t).Command(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	hello := &Hello{}
	return &conversation{cmd: cmd, op: opHello, answer: typeHello, result: hello, rep: progress.Discard}, hello
}

func TestConversation(t *testing.T) {
	c, hello := standIn(t, t.Context(), `
assert request == {"protocol": 1, "op": "hello"}, request
say(type="progress", phase="hello", done=1, total=2, text="one")
say(type="warning", text="careful")
say(type="finding", id="x", severity="note", path="p", text="t")
print("not for the protocol", file=sys.stderr)
say(**HELLO)
`)
	rep := &recorder{}
	c.rep = rep
	var heard []string
	c.progress = func(p Progress) { heard = append(heard, fmt.Sprint(p)) }
	c.finding = func(f Finding) { heard = append(heard, fmt.Sprint(f)) }
	if err := c.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if hello.Python != "3.14.6" || hello.Packages["lief"] != "1.0.0" {
		t.Errorf("answer: %+v", hello)
	}
	if want := []string{"{hello 1 2 one}", "{x note p t}"}; !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
	if rep.String() != "warn careful" {
		t.Errorf("reported %q", rep)
	}
}

func TestHelperReportsAnError(t *testing.T) {
	c, _ := standIn(t, t.Context(), `
say(type="error", text="no module named nump", hint="did you mean numpy?", module="nump", positions=["main.go:3:1"], detail="Traceback…")
sys.exit(1)
`)
	err := c.run(t.Context())
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if e.Error() != "no module named nump" || e.Hint() != "did you mean numpy?" || e.Module != "nump" ||
		!slices.Equal(e.Positions, []string{"main.go:3:1"}) || e.Detail() != "Traceback…" {
		t.Errorf("got %+v", e)
	}
}

func TestBrokenConversations(t *testing.T) {
	for _, test := range []struct {
		name, script string
		want         []string
	}{
		{"exception", `raise RuntimeError("the disk is full")`, []string{"crashed (exit status 1)", "RuntimeError: the disk is full"}},
		{"exit code", `sys.exit(3)`, []string{"crashed (exit status 3)"}},
		{"signal", `os.kill(os.getpid(), signal.SIGSEGV)`, []string{"crashed (signal: segmentation fault"}},
		{"crash after the answer", `say(**HELLO); os._exit(9)`, []string{"crashed (exit status 9)"}},
		{"crash in a message", `sys.stdout.write('{"type":"hel'); sys.stdout.flush(); os.kill(os.getpid(), signal.SIGKILL)`,
			[]string{"crashed (signal: killed)"}},
		{"cut off", `sys.stdout.write(json.dumps(HELLO))`, []string{"ended early", "cut off"}},
		{"silent", ``, []string{"without an answer to hello"}},
		{"no final message", `say(type="progress", phase="hello", done=1, total=1, text="")`, []string{"without an answer to hello"}},
		{"other version", `say(**HELLO | {"protocol": 2})`, []string{"protocol", "version 2", "version 1"}},
		{"unknown type", `say(type="gossip"); time.sleep(60)`, []string{`type "gossip"`}},
		{"answer to something else", `say(type="linked", files=[], added=[])`, []string{`type "linked" is no answer to hello`}},
		{"two answers", `say(**HELLO); say(**HELLO); time.sleep(60)`, []string{"follows the final one"}},
		{"no JSON", `print("Hello, I am numpy!", flush=True); time.sleep(60)`, []string{`"Hello, I am numpy!" is not a message`}},
		{"wrong shape", `say(**HELLO | {"packages": []})`, []string{"cannot read its hello message"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := standIn(t, t.Context(), test.script)
			oneLineError(t, c.run(t.Context()), append(test.want, "the Python helper")...)
		})
	}
}

func TestOverlongMessage(t *testing.T) {
	c, _ := standIn(t, t.Context(), fmt.Sprintf(`
chunk = "x" * (1 << 20)
for _ in range(%d):
    sys.stdout.write(chunk)
`, maxMessage>>20+1))
	oneLineError(t, c.run(t.Context()), "longer than 64 MiB")
}

func TestHelperThatCannotStart(t *testing.T) {
	c := &conversation{cmd: exec.CommandContext(t.Context(), filepath.Join(t.TempDir(), "no-python")), op: opHello}
	oneLineError(t, c.run(t.Context()), "cannot start the Python helper", "no-python")
}

func TestVerboseSeesStandardError(t *testing.T) {
	c, _ := standIn(t, t.Context(), `print("first\nsecond", file=sys.stderr); say(**HELLO)`)
	var verbose strings.Builder
	c.verbose = &verbose
	if err := c.run(t.Context()); err != nil || verbose.String() != "first\nsecond\n" {
		t.Errorf("%v, verbose = %q", err, verbose.String())
	}
}

// TestCancelKillsTheGroup checks that a child of the helper dies with it, even
// one that keeps the pipes open and ignores polite signals.
func TestCancelKillsTheGroup(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c, _ := standIn(t, ctx, `
import subprocess
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"], stdout=subprocess.PIPE)
child.stdout.readline()
say(type="progress", phase="hello", done=child.pid, total=0, text="")
time.sleep(600)
`)
	var pid int
	c.progress = func(p Progress) { pid = p.Done; cancel() }
	if err := c.run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if pid == 0 {
		t.Fatal("the stand-in did not start its child")
	}
	for begin := time.Now(); running(pid); time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("process %d is still running", pid)
		}
	}
}

// running tells whether a process exists and is more than a zombie that nobody
// has waited for yet.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

func TestTailKeepsTheEnd(t *testing.T) {
	last := &tail{}
	for i := range 100_000 {
		fmt.Fprintf(last, "line %d\n", i)
	}
	if n := len(last.String()); n > tailSize || lastLine(last.String()) != "line 99999" {
		t.Errorf("%d bytes, ending in %q", n, lastLine(last.String()))
	}
}
