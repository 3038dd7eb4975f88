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
	t.Parallel()
	hostileSurroundings(t, packaged(t, "stdlib"), "stdlib")
}

// hostileSurroundings runs the app of that name, which is packaged in from.
func hostileSurroundings(t *testing.T, from, name string) {
	want := expected(t, name)
	for _, test := range []struct {
		name  string
		place string // directory, below a new one, that the package is copied to
		plant func(t *testing.T, dir string)
		env   func(dir string) []string
	}{
		{name: "python variables", env: func(dir string) []string {
			return []string{"PYTHONHOME=/nonexistent", "PYTHONPATH=" + dir, "PYTHONSTARTUP=/nonexistent", "PYTHONINSPECT=1",
				"PYTHONPLATLIBDIR=lib99", "PYTHONUTF8=0", "PYTHONWARNINGS=error", "PYTHONDONTWRITEBYTECODE=", "PYTHONUSERBASE=" + dir}
		}, plant: func(t *testing.T, dir string) { plantFile(t, dir, "json.py", "raise SystemExit('a foreign json')") }},
		{name: "foreign python on PATH", env: func(dir string) []string { return []string{"PATH=" + filepath.Join(dir, "bin")} },
			plant: func(t *testing.T, dir string) {
				for _, name := range []string{"python", "python3", "python3.14"} {
					plantFile(t, dir, "bin/"+name, "#!/bin/sh\nexit 99\n")
				}
			}},
		{name: "pyvenv.cfg beside and above", plant: func(t *testing.T, dir string) {
			for _, name := range []string{"pyvenv.cfg", "../pyvenv.cfg"} {
				plantFile(t, dir, name, "home = /nonexistent\ninclude-system-site-packages = true\n")
			}
		}},
		{name: "another libpython first", env: func(dir string) []string { return []string{"LD_LIBRARY_PATH=" + filepath.Join(dir, "wrong")} },
			plant: func(t *testing.T, dir string) { plantFile(t, dir, "wrong/libpython3.14.so.1.0", "not a library") }},
		{name: "landmarks", plant: func(t *testing.T, dir string) {
			for _, name := range []string{"pybuilddir.txt", "python3._pth", "app._pth", "Modules/Setup.local", "python314.zip"} {
				plantFile(t, dir, name, "/nonexistent")
			}
		}},
		{name: "space and non-ASCII", place: "a b/äö 中"},
		{name: "locale C", env: func(string) []string { return []string{"LC_ALL=C"} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "p", filepath.FromSlash(test.place))
			copyTree(t, from, dir)
			if test.plant != nil {
				test.plant(t, dir)
			}
			var env []string
			if test.env != nil {
				env = test.env(dir)
			}
			if r := sealed(t, filepath.Join(dir, name), env); r.code != 0 || r.stdout != want || r.stderr != "" {
				t.Errorf("%v\nwant:\n%s", r, want)
			}
		})
	}
}

func TestSymlinkedExecutable(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "other name")
	if err := os.Symlink(filepath.Join(packaged(t, "hello"), "hello"), link); err != nil {
		t.Fatal(err)
	}
	if r := sealed(t, link, nil); r.code != 0 || r.stdout != expected(t, "hello") {
		t.Errorf("%v", r)
	}
}

func TestDeletedWorkingDirectory(t *testing.T) {
	t.Parallel()
	exe := filepath.Join(packaged(t, "hello"), "hello")
	cmd := exec.Command("sh", "-c", `mkdir gone && cd gone && rmdir ../gone && exec env -i "$0"`, exe)
	cmd.Dir = t.TempDir()
	if r := start(t, cmd); r.code != 0 || r.stdout != expected(t, "hello") {
		t.Errorf("%v", r)
	}
}

// Child processes get the environment that the program got, byte for byte, and
// no open file and no ignored signal that the program was not started with.
func TestChildrenInheritNothingOfOurs(t *testing.T) {
	t.Parallel()
	src := write(t, program(t, "child"))
	build(t, src, "--py-onedir", "-o", "out/app")
	inheritsNothing(t, filepath.Join(src, "out", "app"), []string{"A=1", "LD_LIBRARY_PATH=/opt/x", "PYTHONPATH=/p", "EMPTY="})
}

// inheritsNothing runs the program of testdata/child.go and compares what children of its
// Go side and of its Python side inherit with what a child of this very test does.
func inheritsNothing(t *testing.T, exe string, env []string) {
	t.Helper()
	fds := strings.Join(strings.Fields(startWith(t, env, "/bin/ls", "/proc/self/fd").stdout), " ")
	ignored := strings.TrimSpace(startWith(t, env, "/bin/grep", "SigIgn", "/proc/self/status").stdout)
	want := "go: " + strings.Join(env, " ") + "\npython: " + strings.Join(env, " ") + "\n" +
		"fds: " + fds + "\nsignals: " + ignored + "\n"
	if r := startWith(t, env, exe); r.code != 0 || r.stdout != want {
		t.Errorf("%v\nwant:\n%s", r, want)
	}
}

// startWith runs a command with exactly these variables, in an empty directory.
func startWith(t *testing.T, env []string, name string, args ...string) result {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = t.TempDir(), env
	return start(t, cmd)
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
