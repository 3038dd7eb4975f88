//go:build linux && (amd64 || arm64)

package pylauncher

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/signaltest"
)

// distributions returns the managed CPython and those pyenv has installed, which
// have a shared libpython.
func distributions(t *testing.T) []*pydist.Dist {
	t.Helper()
	managed, err := pydist.Managed(context.Background(), progress.Discard, "")
	if err != nil {
		t.Fatal(err)
	}
	dists := []*pydist.Dist{managed}
	root := os.Getenv("PYENV_ROOT")
	if root == "" {
		root = filepath.Join(os.Getenv("HOME"), ".pyenv")
	}
	installed, err := filepath.Glob(filepath.Join(root, "versions", "3.*", "bin", "python3"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range installed {
		// Those too old, or without a shared libpython, cannot be packaged.
		if dist, err := pydist.FromInterpreter(context.Background(), path); err == nil {
			dists = append(dists, dist)
		}
	}
	return dists
}

// newTree makes a tree as bundles have it, around a distribution's library.
func newTree(t *testing.T, dist *pydist.Dist) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(dir, "Größe 3", "python")
	for _, dir := range []string{"bin", "lib"} {
		if err := os.MkdirAll(filepath.Join(tree, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	launcher := generate(t, Spec{OS: runtime.GOOS, Arch: runtime.GOARCH, SONAME: dist.SONAME})
	for level, name := range map[int]string{1: "optimized1", 2: "optimized2"} {
		data := generate(t, Spec{OS: runtime.GOOS, Arch: runtime.GOARCH, SONAME: dist.SONAME, Optimize: level})
		writeFile(t, filepath.Join(tree, "bin", name), data, 0o755)
	}
	library, err := os.ReadFile(dist.LibPython)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(tree, "bin", dist.LibDirName()), launcher, 0o755)
	writeFile(t, filepath.Join(tree, "lib", dist.SONAME), library, 0o644)
	link(t, dist.LibDirName(), filepath.Join(tree, "bin", "python3"))
	link(t, dist.Stdlib, filepath.Join(tree, "lib", dist.LibDirName()))
	return tree
}

func writeFile(t *testing.T, path string, data []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, data, mode); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// A run is one start of the interpreter of a tree.
type run struct {
	path  string // "": bin/python3
	env   []string
	stdin string
	args  []string
}

// output returns what was written to stdout and stderr, and the exit code.
func (r run) output(t *testing.T, tree string) (stdout, stderr string, code int) {
	t.Helper()
	if r.path == "" {
		r.path = filepath.Join(tree, "bin", "python3")
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(r.path, r.args...)
	cmd.Env, cmd.Dir = append([]string{"PYTHONDONTWRITEBYTECODE=1"}, r.env...), "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(r.stdin), &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// want fails unless the run ends with code 0, prints want and no warning.
func (r run) want(t *testing.T, tree, want string) {
	t.Helper()
	stdout, stderr, code := r.output(t, tree)
	if stdout != want || stderr != "" || code != 0 {
		t.Errorf("%q: code %d\nstdout %q\nwant   %q\nstderr %s", r.args, code, stdout, want, stderr)
	}
}

func TestRun(t *testing.T) {
	for _, dist := range distributions(t) {
		t.Run(dist.Version, func(t *testing.T) {
			tree := newTree(t, dist)
			t.Run("identity", func(t *testing.T) { testIdentity(t, tree) })
			t.Run("options", func(t *testing.T) { testOptions(t, tree) })
			t.Run("optimize", func(t *testing.T) { testOptimize(t, tree) })
			t.Run("environment", func(t *testing.T) { testEnvironment(t, tree) })
			t.Run("exit", func(t *testing.T) { testExit(t, tree) })
			t.Run("links", func(t *testing.T) { testLinks(t, tree) })
			t.Run("processes", func(t *testing.T) { testProcesses(t, tree) })
			t.Run("interrupt", func(t *testing.T) { testInterrupt(t, tree) })
		})
	}
}

// testOptimize: -O comes first, once, and all other arguments arrive.
func testOptimize(t *testing.T, tree string) {
	const code = "import sys; print(sys.flags.optimize, __debug__, sys.flags.isolated, sys.argv)"
	for _, name := range []string{"optimized1", "optimized2"} {
		level, path := strings.TrimPrefix(name, "optimized"), filepath.Join(tree, "bin", name)
		run{path: path, args: []string{"-c", code}}.want(t, tree, level+" False 0 ['-c']\n")
		run{path: path, args: []string{"-I", "-c", code, "a", "", "ä"}}.want(t, tree, level+" False 1 ['-c', 'a', '', 'ä']\n")
		run{path: path, args: []string{"-O", "-I", "-c", code, "a", "b"}}.want(t, tree, "1 False 1 ['-c', 'a', 'b']\n")
		run{path: path, stdin: "print(__debug__)"}.want(t, tree, "False\n")
		if _, _, status := (run{path: path, args: []string{"-c", "raise SystemExit(7)"}}).output(t, tree); status != 7 {
			t.Errorf("exit code %d", status)
		}
	}
}

// testIdentity: the interpreter knows where it is, and loaded the tree's library.
func testIdentity(t *testing.T, tree string) {
	const code = `
import sys
print(sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix, sep='\n')
print({l.split(None, 5)[5].strip() for l in open('/proc/self/maps') if '/libpython3.' in l})`
	libs, err := filepath.Glob(filepath.Join(tree, "lib", "libpython3*"))
	if err != nil || len(libs) != 1 {
		t.Fatal(libs, err)
	}
	want := strings.Join([]string{filepath.Join(tree, "bin", "python3"), tree, tree, tree, "{'" + libs[0] + "'}", ""}, "\n")
	run{args: []string{"-c", code}}.want(t, tree, want)
	// A library of the same name in LD_LIBRARY_PATH is not taken.
	other := t.TempDir()
	writeFile(t, filepath.Join(other, filepath.Base(libs[0])), []byte("not a library"), 0o755)
	run{args: []string{"-c", code}, env: []string{"LD_LIBRARY_PATH=" + other}}.want(t, tree, want)
}

func testOptions(t *testing.T, tree string) {
	run{args: []string{"-I", "-S", "-c", "import sys; print(sys.flags.isolated, sys.argv)", "ä", ""}}.want(t, tree, "1 ['-c', 'ä', '']\n")
	run{args: []string{"-m", "json.tool", "--compact"}, stdin: "[1, 2]"}.want(t, tree, "[1,2]\n")
	run{args: []string{"-", "x"}, stdin: "import sys\nprint(sys.argv)\n"}.want(t, tree, "['-', 'x']\n")
	run{stdin: "print(6 * 7)\n"}.want(t, tree, "42\n")
	script := filepath.Join(t.TempDir(), "a script.py")
	writeFile(t, script, []byte("print(__file__ == '"+script+"', __name__)\n"), 0o644)
	run{args: []string{script}}.want(t, tree, "True __main__\n")
}

// testEnvironment: variables that name another tree are dropped, others are kept.
func testEnvironment(t *testing.T, tree string) {
	const code = "import os, json; print(sorted(k for k in os.environ if k[:4] == 'PYTH'), os.environ['X'])"
	run{
		args: []string{"-c", code},
		env:  []string{"PYTHONHOME=/nonexistent", "PYTHONPLATLIBDIR=lib64", "PYTHONPATH=/nonexistent", "X=1"},
	}.want(t, tree, "['PYTHONDONTWRITEBYTECODE', 'PYTHONPATH'] 1\n")
	modules := t.TempDir()
	writeFile(t, filepath.Join(modules, "a_module.py"), []byte("x = 5\n"), 0o644)
	run{args: []string{"-c", "import a_module; print(a_module.x)"}, env: []string{"PYTHONPATH=" + modules}}.want(t, tree, "5\n")
}

func testExit(t *testing.T, tree string) {
	for code, want := range map[string]int{
		"raise SystemExit(7)":           7,
		"1/0":                           1,
		"import os; os._exit(9)":        9,
		"raise SystemExit('a message')": 1,
	} {
		if _, _, got := (run{args: []string{"-c", code}}).output(t, tree); got != want {
			t.Errorf("%s: exit code %d, want %d", code, got, want)
		}
	}
	// At exit, functions run and buffers are flushed.
	run{args: []string{"-c", "import atexit; atexit.register(print, 'end'); print('start')"}}.want(t, tree, "start\nend\n")
}

// testLinks: the library is found from the file, wherever its links are, and
// virtual environments can be made of it.
func testLinks(t *testing.T, tree string) {
	elsewhere := filepath.Join(t.TempDir(), "py")
	link(t, filepath.Join(tree, "bin", "python3"), elsewhere)
	run{path: elsewhere, args: []string{"-c", "import sys; print(sys.prefix)"}}.want(t, tree, tree+"\n")

	venv := filepath.Join(t.TempDir(), "env")
	run{args: []string{"-m", "venv", "--without-pip", venv}}.want(t, tree, "")
	run{
		path: filepath.Join(venv, "bin", "python"),
		args: []string{"-c", "import sys; print(sys.prefix, sys.base_prefix)"},
	}.want(t, tree, venv+" "+tree+"\n")
}

// testProcesses: every way of starting children. Warnings are errors: os.fork
// and multiprocessing warn where a process has more threads than Python's own.
func testProcesses(t *testing.T, tree string) {
	const code = `
import math, multiprocessing, os, subprocess, sys
if __name__ == '__main__':
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    print(os.waitpid(pid, 0)[1] >> 8, len(os.listdir('/proc/self/task')))
    for method in 'fork', 'spawn', 'forkserver':
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, pool.map(math.sqrt, [1, 4, 9]))
    out = subprocess.run([sys.executable, '-c', 'print("child")'], capture_output=True, text=True, check=True)
    print(out.stdout, end='', flush=True)
`
	script := filepath.Join(t.TempDir(), "processes.py")
	writeFile(t, script, []byte(code), 0o644)
	sqrt := " [1.0, 2.0, 3.0]\n"
	run{args: []string{"-W", "error", script}, env: []string{"PYTHONHOME=/nonexistent"}}.
		want(t, tree, "3 1\nfork"+sqrt+"spawn"+sqrt+"forkserver"+sqrt+"child\n")
}

// testInterrupt: SIGINT is Python's.
func testInterrupt(t *testing.T, tree string) {
	signaltest.Interruptible()
	const code = `
import time
try:
    print('ready', flush=True)
    while True:
        time.sleep(0.05) # the signal may come just before the system call
except KeyboardInterrupt:
    print('interrupted')
raise KeyboardInterrupt`
	cmd := exec.Command(filepath.Join(tree, "bin", "python3"), "-c", code)
	cmd.Env = []string{}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		t.Fatal(line, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if string(rest) != "interrupted\n" {
		t.Errorf("after the signal: %q, %v", rest, err)
	}
	// CPython ends itself with the signal, so that shells see it.
	status := cmd.Wait().(*exec.ExitError).Sys().(syscall.WaitStatus)
	if status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v, want SIGINT", status)
	}
}
