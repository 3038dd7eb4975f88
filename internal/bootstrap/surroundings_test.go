package bootstrap_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

// code runs Python code in a program and returns what it prints; a failed assert
// in it fails the test.
func code(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	o := run(t, cmd)
	if o.code != 0 || o.stderr != "" {
		t.Errorf("%+v", o)
	}
	return strings.TrimSuffix(o.stdout, "status 0\n")
}

// checked is a command that looks at what it sees of itself, in the folder dir.
func checked(t *testing.T, exe, dir string, args ...string) *exec.Cmd {
	t.Helper()
	code := pythontest.SysChecks(dir, pythontest.Chosen().LibDir) + "import json, _ctypes, decimal\nprint(\"é\", *sys.argv[2:])\n"
	return exec.Command(exe, append([]string{"code", code}, args...)...)
}

func wantChecked(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.Args = append(cmd.Args, "a b", "ü", "-c")
	if got := code(t, cmd); !strings.HasPrefix(got, "é ") || !strings.HasSuffix(got, " a b ü -c\n") {
		t.Errorf("printed %q", got)
	}
}

func TestSurroundings(t *testing.T) {
	exe := program(t, "app")
	dir := filepath.Dir(exe)
	t.Run("plain", func(t *testing.T) { wantChecked(t, checked(t, exe, dir)) })
	t.Run("empty environment", func(t *testing.T) {
		cmd := checked(t, exe, dir)
		cmd.Env, cmd.Dir = []string{}, "/"
		wantChecked(t, cmd)
	})
	t.Run("python variables", func(t *testing.T) {
		cmd := checked(t, exe, dir)
		bad := filepath.Join(t.TempDir(), "bad.py")
		if err := os.WriteFile(bad, []byte("raise SystemExit('startup ran')"), 0o600); err != nil {
			t.Fatal(err)
		}
		// The folder of the file that PYTHONEXECUTABLE names looks like a venv.
		if err := os.WriteFile(filepath.Join(filepath.Dir(bad), "pyvenv.cfg"), []byte("home = /nowhere\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"HOME", "PATH", "STARTUP", "INSPECT", "UNBUFFERED", "PLATLIBDIR", "EXECUTABLE", "IOENCODING", "DEBUG", "UTF8"} {
			cmd.Env = append(cmd.Env, "PYTHON"+name+"="+bad)
		}
		cmd.Env = append(cmd.Env, "LC_ALL=C", "PATH="+filepath.Join(pythontest.Chosen().Prefix, "bin"))
		wantChecked(t, cmd)
	})
	t.Run("symbolic link", func(t *testing.T) {
		link := filepath.Join(t.TempDir(), "linked")
		if err := os.Symlink(exe, link); err != nil {
			t.Fatal(err)
		}
		wantChecked(t, checked(t, link, dir))
	})
	t.Run("deleted directory", func(t *testing.T) {
		cmd := checked(t, "sh", dir)
		cmd.Args = append([]string{"sh", "-c", `d=$(mktemp -d) && cd "$d" && rmdir "$d" && exec "$0" "$@"`, exe}, cmd.Args[1:]...)
		wantChecked(t, cmd)
	})
}

// TestStrayFiles puts beside and above a program what other Pythons obey.
func TestStrayFiles(t *testing.T) {
	exe := program(t, "app")
	root := t.TempDir()
	dir := filepath.Join(root, "in ner")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"pyvenv.cfg", "python._pth", "pybuilddir.txt", "app._pth"} {
		for _, d := range []string{root, dir} {
			if err := os.WriteFile(filepath.Join(d, f), []byte("home = /nowhere\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	copied := filepath.Join(dir, "app")
	data, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(pythontest.Chosen().Prefix, filepath.Join(dir, "python")); err != nil {
		t.Fatal(err)
	}
	wantChecked(t, checked(t, copied, dir))
}

// TestLibraryPath puts another libpython where the loader would look first.
func TestLibraryPath(t *testing.T) {
	exe := program(t, "app")
	decoy := t.TempDir()
	if err := os.WriteFile(filepath.Join(decoy, filepath.Base(pythontest.Chosen().LibPython)), []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := checked(t, exe, filepath.Dir(exe))
	cmd.Env = append(pythontest.Environ(), "LD_LIBRARY_PATH="+decoy, "DYLD_LIBRARY_PATH="+decoy)
	wantChecked(t, cmd)
}

// TestChildren compares what a child process of Python inherits with what the
// program was given: environment, file descriptors, ignored and blocked signals.
func TestChildren(t *testing.T) {
	const child = `env; ls -l /proc/self/fd | wc -l; grep -E "Sig(Blk|Ign)" /proc/self/status`
	direct := exec.Command("sh", "-c", child)
	direct.Env = []string{"PATH=/usr/bin:/bin", "X=ü"}
	want, err := direct.Output()
	if err != nil {
		t.Skip("SKIP: no /proc here")
	}
	const script = "import subprocess, sys; print(subprocess.check_output(['sh', '-c', %s], restore_signals=False, close_fds=False, text=True), end='')"
	cmd := exec.Command(program(t, "app"), "code", strings.Replace(script, "%s", pythontest.Quote(child), 1))
	cmd.Env = direct.Env
	if got := code(t, cmd); got != string(want) {
		t.Errorf("a child of Python sees\n%sinstead of\n%s", got, want)
	}
}

// TestProcesses starts real interpreters from Python: by hand, and by
// multiprocessing in every way it has.
func TestProcesses(t *testing.T) {
	got := code(t, exec.Command(program(t, "app"), "code",
		"import subprocess, sys; print(subprocess.check_output([sys.executable, '-c', 'print(6*7)'], text=True), end='')"))
	if got != "42\n" {
		t.Errorf("sys.executable printed %q", got)
	}
	for _, method := range []string{"fork", "spawn", "forkserver"} {
		got := code(t, exec.Command(program(t, "app"), "code",
			"import multiprocessing, math\nwith multiprocessing.get_context('"+method+"').Pool(2) as pool: print(pool.map(math.sqrt, [1, 4, 9]))"))
		if got != "[1.0, 2.0, 3.0]\n" {
			t.Errorf("%s printed %q", method, got)
		}
	}
}

// TestCannotStart: one line that says what and where, and status 1.
func TestCannotStart(t *testing.T) {
	exe := program(t, "app")
	data, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	s := pythontest.Chosen()
	library := filepath.Join("python", s.LibPython)
	landmark := filepath.Join("python", "lib", s.LibDir, "os.py")
	for _, test := range []struct {
		files map[string]string
		want  string
	}{
		{nil, library + ": no such file; keep the folder python beside the program"},
		{map[string]string{library: "x"}, filepath.Join("lib", s.LibDir, "os.pyc") + ": no such file"},
		{map[string]string{library: "x", landmark: ""}, "load "},
	} {
		dir := t.TempDir()
		for name, content := range test.files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(content), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "app"), data, 0o700); err != nil {
			t.Fatal(err)
		}
		o := run(t, exec.Command(filepath.Join(dir, "app"), "order"))
		if o.code != 1 || o.stdout != "" || !strings.HasPrefix(o.stderr, "app: cannot start Python: ") ||
			strings.Count(o.stderr, "\n") != 1 || !strings.Contains(o.stderr, test.want) {
			t.Errorf("%+v, want %q in one line", o, test.want)
		}
	}
}
