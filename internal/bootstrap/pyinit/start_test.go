package pyinit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

// checked is a command that looks at what it sees of itself.
func checked(exe, name string, python settings.Settings) *exec.Cmd {
	code := pythontest.SysChecks(filepath.Dir(exe), python.LibDir) + `
assert sys._llgo_origin == os.path.join(HOME, "app"), sys._llgo_origin
assert not [name for name in os.environ if name.startswith(("LLGO", "LC_"))], os.environ
import json, decimal
print("é", *sys.argv[3:])
`
	return exec.Command(name, "code", code, "x", "a b", "ü")
}

func TestSurroundings(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, python settings.Settings) {
		stray := t.TempDir()
		for _, name := range []string{"pyvenv.cfg", "bad.py", "pybuilddir.txt"} {
			if err := os.WriteFile(filepath.Join(stray, name), []byte("home = /nowhere\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		linked := filepath.Join(stray, "linked")
		if err := os.Symlink(exe, linked); err != nil {
			t.Fatal(err)
		}
		hostile := []string{"PATH=" + python.Prefix + "/bin"}
		for _, name := range []string{"HOME", "PATH", "STARTUP", "INSPECT", "UNBUFFERED", "PLATLIBDIR", "EXECUTABLE", "IOENCODING", "DEBUG", "UTF8"} {
			hostile = append(hostile, "PYTHON"+name+"="+filepath.Join(stray, "bad.py"))
		}
		for name, cmd := range map[string]*exec.Cmd{
			"plain":     checked(exe, exe, python),
			"hostile":   checked(exe, exe, python),
			"linked":    checked(exe, linked, python),
			"elsewhere": checked(exe, exe, python),
		} {
			if name == "hostile" {
				cmd.Env = hostile
			}
			if name == "elsewhere" {
				cmd.Dir = stray
			}
			t.Run(name, func(t *testing.T) { want(t, run(t, cmd), 0, "é x a b ü\n") })
		}
	})
}

// TestCopied starts a copy of the program in a folder with what other Pythons obey
// beside it and above.
func TestCopied(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, python settings.Settings) {
		root := t.TempDir()
		dir := filepath.Join(root, "in nér")
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
		copyFile(t, exe, copied)
		if err := os.Symlink(python.Prefix, filepath.Join(dir, "python")); err != nil {
			t.Fatal(err)
		}
		want(t, run(t, checked(copied, copied, python)), 0, "é x a b ü\n")
	})
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestCannotStart: what is wrong in one line, and status 1.
func TestCannotStart(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, python settings.Settings) {
		dir := t.TempDir()
		lib := filepath.Join(dir, "python", "lib")
		if err := os.MkdirAll(lib, 0o700); err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(dir, "app")
		copyFile(t, exe, copied)
		if err := os.Symlink(filepath.Join(python.Prefix, python.LibPython), filepath.Join(lib, filepath.Base(python.LibPython))); err != nil {
			t.Fatal(err)
		}
		o := run(t, exec.Command(copied))
		landmark := filepath.Join(lib, python.LibDir, settings.Landmark+"c")
		if o.code != 1 || o.stdout != "" || o.stderr != "app: "+settings.CannotStart+"standard library "+landmark+": "+settings.NoSuchFile+"\n" {
			t.Errorf("%+v", o)
		}
		// The landmark is there and nothing else: CPython itself gives up.
		if err := os.MkdirAll(filepath.Dir(landmark), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(landmark, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		o = run(t, exec.Command(copied))
		if o.code != 1 || o.stdout != "" || !strings.Contains(o.stderr, "app: "+settings.CannotStart) {
			t.Errorf("%+v", o)
		}
	})
}

// TestAnotherVersion: a library that is not the one the program was built for.
func TestAnotherVersion(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, python settings.Settings) {
		// The functions that were there before 3.14 still are, so it links.
		minor := "3.11"
		if python.Minor == minor {
			minor = "3.10"
		}
		other := link(t, compiler(), filepath.Join(filepath.Dir(exe), "other"), python, settings.Settings{Minor: minor, LibDir: python.LibDir})
		if o := run(t, exec.Command(other)); o.code != 1 || !strings.Contains(o.stderr, "libpython is Python "+python.Minor) {
			t.Errorf("%+v", o)
		}
	})
}

// TestSitePaths: a program for this machine is told where things are, and obeys
// the .pth files of further folders.
func TestSitePaths(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, python settings.Settings) {
		site, editable := t.TempDir(), t.TempDir()
		if err := os.WriteFile(filepath.Join(site, "x.pth"), []byte(editable+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.Symlink(python.Prefix, filepath.Join(dir, "python")); err != nil { // for the loader
			t.Fatal(err)
		}
		told := settings.Settings{Minor: python.Minor, LibDir: filepath.Join(python.Prefix, "lib", python.LibDir),
			Prefix: python.Prefix, Executable: python.Executable, SitePaths: []string{site}}
		app := link(t, compiler(), filepath.Join(dir, "app"), python, told)
		o := run(t, exec.Command(app, "code", "import sys; print(sys.prefix, sys.executable, *sys.path[3:])"))
		want(t, o, 0, strings.Join([]string{python.Prefix, python.Executable, site, editable}, " ")+"\n")
	})
}

// TestFarmSites: the numbered folders of packages of layout farm are on sys.path.
func TestFarmSites(t *testing.T) {
	eachPython(t, func(t *testing.T, _ string, python settings.Settings) {
		dir := t.TempDir()
		prefix := filepath.Join(dir, settings.PythonDir)
		linkAll(t, python.Prefix, prefix, "site-packages")
		for _, name := range []string{"p1", "p2", "p4"} {
			if err := os.MkdirAll(filepath.Join(prefix, "site-packages", name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		told := settings.Settings{Minor: python.Minor, LibDir: python.LibDir, Farm: true}
		app := link(t, compiler(), filepath.Join(dir, "app"), python, told)
		o := run(t, exec.Command(app, "code", "import sys; print([p[len(sys.prefix):] for p in sys.path[3:]])"))
		want(t, o, 0, "['/site-packages/p1', '/site-packages/p2']\n")
	})
}

// TestRunHooks: the package of run-time hooks is imported before the program's own
// code, and its exception ends the program.
func TestRunHooks(t *testing.T) {
	eachPython(t, func(t *testing.T, exe string, python settings.Settings) {
		dir := t.TempDir()
		app := filepath.Join(dir, "app")
		copyFile(t, exe, app)
		real := filepath.Join(python.Prefix, "lib", python.LibDir)
		stdlib := filepath.Join(dir, "python", "lib", python.LibDir)
		linkAll(t, filepath.Dir(real), filepath.Dir(stdlib), python.LibDir)
		linkAll(t, real, stdlib, settings.SiteDir)
		site := filepath.Join(stdlib, settings.SiteDir)
		for name, text := range map[string]string{
			settings.StartMark:            "",
			settings.StartPackage + ".py": "import sys, colour\nsys.hooked = colour.name\nif sys.argv[-1] == 'fail': 1/0\n",
			"colour.py":                   "name = 'red'\n",
		} {
			if err := os.MkdirAll(site, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(site, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		const code = "import sys; print(sys.hooked)"
		want(t, run(t, exec.Command(app, "code", code)), 0, "red\n")
		o := run(t, exec.Command(app, "code", code, "fail"))
		if o.code != 1 || o.stdout != "" || !strings.Contains(o.stderr, "ZeroDivisionError") {
			t.Errorf("%+v", o)
		}
	})
}

// linkAll fills a new directory with links to what another has, but for one name.
func linkAll(t *testing.T, from, to, except string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err == nil {
		err = os.MkdirAll(to, 0o700)
	}
	for _, e := range entries {
		if err == nil && e.Name() != except {
			err = os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name()))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
