package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// startIn runs exe in its own directory with the test's environment.
func startIn(t *testing.T, exe string, env ...string) result {
	t.Helper()
	cmd := exec.Command(exe)
	cmd.Dir = filepath.Dir(exe)
	if env != nil {
		cmd.Env = env
	}
	return start(t, cmd)
}

// What surrounds a packaged program changes nothing about it.
func TestHostileSurroundings(t *testing.T) {
	want := expected(t, "stdlib")
	for _, test := range []struct {
		name  string
		place string // directory, below a new one, that the package is copied to
		plant func(t *testing.T, dir string)
		env   func(dir string) []string
	}{
		{name: "python variables", env: func(dir string) []string {
			return []string{"PYTHONHOME=/nonexistent", "PYTHONPATH=" + dir, "PYTHONSTARTUP=/nonexistent", "PYTHONINSPECT=1",
				"PYTHONPLATLIBDIR=lib99", "PYTHONUTF8=0", "PYTHONWARNINGS=error", "PYTHONDONTWRITEBYTECODE=", "PYTHONUSERBASE=" + dir}
		}, plant: func(t *testing.T, dir string) { plant(t, dir, "json.py", "raise SystemExit('a foreign json')") }},
		{name: "foreign python on PATH", env: func(dir string) []string { return []string{"PATH=" + filepath.Join(dir, "bin")} },
			plant: func(t *testing.T, dir string) {
				for _, name := range []string{"python", "python3", "python3.14"} {
					plant(t, dir, "bin/"+name, "#!/bin/sh\nexit 99\n")
				}
			}},
		{name: "pyvenv.cfg beside and above", plant: func(t *testing.T, dir string) {
			for _, name := range []string{"pyvenv.cfg", "../pyvenv.cfg"} {
				plant(t, dir, name, "home = /nonexistent\ninclude-system-site-packages = true\n")
			}
		}},
		{name: "another libpython first", env: func(dir string) []string { return []string{"LD_LIBRARY_PATH=" + filepath.Join(dir, "wrong")} },
			plant: func(t *testing.T, dir string) { plant(t, dir, "wrong/libpython3.14.so.1.0", "not a library") }},
		{name: "landmarks", plant: func(t *testing.T, dir string) {
			for _, name := range []string{"pybuilddir.txt", "python3._pth", "app._pth", "Modules/Setup.local", "python314.zip"} {
				plant(t, dir, name, "/nonexistent")
			}
		}},
		{name: "space and non-ASCII", place: "a b/äö 中"},
		{name: "locale C", env: func(string) []string { return []string{"LC_ALL=C"} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "p", filepath.FromSlash(test.place))
			copyTree(t, packaged(t, "stdlib"), dir)
			if test.plant != nil {
				test.plant(t, dir)
			}
			var env []string
			if test.env != nil {
				env = test.env(dir)
			}
			if r := sealed(t, filepath.Join(dir, "stdlib"), env); r.code != 0 || r.stdout != want || r.stderr != "" {
				t.Errorf("%v\nwant:\n%s", r, want)
			}
		})
	}
}

func TestSymlinkedExecutable(t *testing.T) {
	link := filepath.Join(t.TempDir(), "other name")
	if err := os.Symlink(filepath.Join(packaged(t, "hello"), "hello"), link); err != nil {
		t.Fatal(err)
	}
	if r := sealed(t, link, nil); r.code != 0 || r.stdout != expected(t, "hello") {
		t.Errorf("%v", r)
	}
}

func TestDeletedWorkingDirectory(t *testing.T) {
	exe := filepath.Join(packaged(t, "hello"), "hello")
	cmd := exec.Command("sh", "-c", `mkdir gone && cd gone && rmdir ../gone && exec env -i "$0"`, exe)
	cmd.Dir = t.TempDir()
	if r := start(t, cmd); r.code != 0 || r.stdout != expected(t, "hello") {
		t.Errorf("%v", r)
	}
}

// Child processes get the environment that the program got, byte for byte, and
// no open file besides the three.
func TestChildrenInheritNothingOfOurs(t *testing.T) {
	src := write(t, childProgram)
	build(t, src, "--py-onedir", "-o", "out/app")
	env := []string{"A=1", "LD_LIBRARY_PATH=/opt/x", "PYTHONPATH=/p", "EMPTY="}
	cmd := exec.Command(filepath.Join(src, "out", "app"))
	cmd.Dir, cmd.Env = t.TempDir(), env
	want := "go: " + strings.Join(env, " ") + "\npython: " + strings.Join(env, " ") + "\nfds: 0 1 2\nignored signals: 0\n"
	if r := start(t, cmd); r.code != 0 || r.stdout != want {
		t.Errorf("%v\nwant:\n%s", r, want)
	}
}

const childProgram = `package main

import (
	"os"
	"os/exec"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

const show = "tr '\\0' ' ' </proc/self/environ | sed 's/ $//'"

func main() {
	run := exec.Command("/bin/sh", "-c", "printf 'go: '; " + show + "; echo")
	run.Stdout = os.Stdout
	run.Run()
	py.RunSimpleString(c.Str(code))
}

const code = ` + "`" + `
import subprocess
def sh(script): return subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True).stdout
print("python:", sh("tr '\\0' ' ' </proc/self/environ | sed 's/ $//'"))
print("fds:", " ".join(sorted(set(sh("ls /proc/$$/fd").split()) - {"10"})))
import os
print("ignored signals:", int(subprocess.run(["/bin/grep", "SigIgn", "/proc/self/status"], capture_output=True, text=True, restore_signals=False).stdout.split()[1], 16))
` + "`" + `
`

func plant(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

// copyTree copies a package as a user would: cp -a.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v: %s", err, out)
	}
}
