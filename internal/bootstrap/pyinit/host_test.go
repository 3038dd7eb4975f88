package pyinit

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
	"github.com/llgo-pypack/llgo-pypack/internal/signaltest"
)

var strict = []string{"-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"}

// sanitizers end the program at the first thing they find. Python itself frees
// little, so leaks are not looked for.
var sanitizers = []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=all"}

// compiler is a C compiler's command, with sanitizers where it has them.
var compiler = sync.OnceValue(func() []string {
	for _, name := range []string{os.Getenv("CC"), "cc", "gcc", "clang", "clang-19"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		for _, cc := range [][]string{append([]string{path}, sanitizers...), {path}} {
			probe := exec.Command(cc[0], append(cc[1:len(cc):len(cc)], "-x", "c", "-", "-o", os.DevNull)...)
			probe.Stdin = strings.NewReader("int main(void) { return 0; }")
			if probe.Run() == nil {
				return cc
			}
		}
	}
	return nil
})

func needCompiler(t *testing.T) []string {
	t.Helper()
	cc := compiler()
	if cc == nil {
		t.Skip("no C compiler here: install gcc or clang, or set CC")
	}
	return cc
}

// eachPython runs a test with a program for every interpreter at hand. All tests
// share the programs and do not change them.
func eachPython(t *testing.T, test func(t *testing.T, exe string, python settings.Settings)) {
	t.Helper()
	cc := needCompiler(t)
	found := pythontest.Find()
	if len(found) == 0 {
		t.Skipf("no CPython with a shared libpython: name some in $%s", pythontest.Interpreters)
	}
	for _, python := range found {
		t.Run(python.Minor, func(t *testing.T) { test(t, host(t, cc, python), python) })
	}
}

var hosts sync.Map // prefix → path of the program

// host builds the stand-in program of testdata/host.c beside a link to the Python.
func host(t *testing.T, cc []string, python settings.Settings) string {
	t.Helper()
	if exe, ok := hosts.Load(python.Prefix); ok {
		return exe.(string)
	}
	dir, err := os.MkdirTemp(scratch, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(python.Prefix, filepath.Join(dir, settings.PythonDir)); err != nil {
		t.Fatal(err)
	}
	exe := link(t, cc, filepath.Join(dir, "app"), python, settings.Settings{Minor: python.Minor, LibDir: python.LibDir})
	hosts.Store(python.Prefix, exe)
	return exe
}

// link builds the stand-in program with the boot object of the given settings.
func link(t *testing.T, cc []string, exe string, python, told settings.Settings) string {
	t.Helper()
	object, err := Compile(context.Background(), CC{Command: append(cc[:len(cc):len(cc)], strict...)}, t.TempDir(), told)
	if err != nil {
		if e, ok := err.(*CompilerError); ok {
			t.Log(e.Said)
		}
		t.Fatal(err)
	}
	args := append(cc[1:len(cc):len(cc)], "testdata/host.c", object, filepath.Join(python.Prefix, python.LibPython),
		"-Wl,-rpath,$ORIGIN/python/lib,--disable-new-dtags", "-lpthread", "-ldl", "-o", exe)
	for _, arg := range LinkArgs {
		args = append(args, "-Wl,"+arg)
	}
	if out, err := exec.Command(cc[0], args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return exe
}

var scratch string

func TestMain(m *testing.M) {
	signaltest.Interruptible()
	dir, err := os.MkdirTemp("", "pyinit-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// outcome is what a program left behind, its outputs piped.
type outcome struct {
	stdout, stderr string
	code           int // -1: killed by a signal
}

func run(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	cmd.Env = append(cmd.Env, "ASAN_OPTIONS=detect_leaks=0")
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

func want(t *testing.T, got outcome, code int, stdout string) {
	t.Helper()
	if got.code != code || got.stdout != stdout {
		t.Errorf("%+v, want status %d and %q", got, code, stdout)
	}
}
