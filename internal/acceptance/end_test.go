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
	src := write(t, endProgram)
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
	src := write(t, endProgram)
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

const endProgram = `package main

import (
	"fmt"
	"log"
	"os"
	"sync"
	"time"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/std"
)

func run(code string) { py.RunSimpleString(c.Str(code)) }

// eval returns nil when the expression raises.
func eval(expr string) *py.Object {
	code := py.CompileString(c.Str(expr), c.Str("<expr>"), py.EvalInput)
	dict := py.AddModule(c.Str("__main__")).ModuleGetDict()
	return py.EvalCode(code, dict, dict)
}

func main() {
	switch os.Args[1] {
	case "return":
		run("print('partial line', end='')")
	case "exit":
		run("print('partial line', end='')")
		os.Exit(4)
	case "fatal":
		run("print('partial line', end='')")
		log.Fatal("fatal from Go")
	case "unhandled":
		run("print('before')")
		eval("1/0")
	case "handled":
		run("print('before')")
		if eval("1/0") == nil {
			py.ErrPrint()
		}
		run("print('after')")
	case "cleared":
		run("print('before')")
		if eval("1/0") == nil {
			py.ErrClear()
		}
		run("print('after')")
	case "next call":
		run("print('before')")
		eval("1/0")
		run("print('never')")
	case "sys.exit":
		run("print('before')\nimport sys\nsys.exit(3)")
	case "sys.exit text":
		run("print('before')")
		eval("__import__('sys').exit('a reason')")
	case "goroutine":
		run("print('before')")
		var wg sync.WaitGroup
		wg.Add(1)
		go func() { defer wg.Done(); eval("1/0") }()
		wg.Wait()
	case "panic":
		run("print('line')")
		panic("Go panic")
	case "atexit":
		run("import atexit\natexit.register(print, 'atexit')\nprint('main')")
	case "python thread":
		run("import threading, time\ndef work():\n    time.sleep(0.2)\n    print('thread')\nthreading.Thread(target=work).start()\nprint('main')")
	case "order":
		for i := 1; i <= 2; i++ {
			std.Print(py.Str(fmt.Sprint("python ", i)))
			fmt.Println("go", i)
		}
	case "import":
		name := "no_such_module"
		py.ImportModule(c.AllocaCStr(name))
	case "interrupt python":
		run("import time\nprint('ready')\ntime.sleep(60)\nprint('never')")
	case "interrupt caught":
		run("import time\ntry:\n    print('ready')\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('caught')")
	case "interrupt go":
		fmt.Println("ready")
		time.Sleep(time.Minute)
	}
}
`
