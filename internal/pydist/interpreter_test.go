package pydist

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// pyenv returns the interpreter of a pyenv installation whose version begins
// with prefix, and skips the test where there is none.
func pyenv(t *testing.T, prefix string) string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip(err)
	}
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", prefix+"*", "bin", "python"))
	if len(found) == 0 {
		t.Skipf("no Python %s under ~/.pyenv", prefix)
	}
	return found[0]
}

func fromPath(t *testing.T, path string) *Dist {
	t.Helper()
	dist, err := FromInterpreter(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return dist
}

func TestFromInterpreter(t *testing.T) {
	for _, minor := range []string{"3.9", "3.10", "3.11", "3.12", "3.13"} {
		t.Run(minor, func(t *testing.T) {
			d := fromPath(t, pyenv(t, minor+"."))
			if d.Minor != minor || d.Managed || d.IsVenv() || d.SONAME != "libpython"+minor+".so.1.0" {
				t.Errorf("unexpected description: %+v", d)
			}
			if filepath.Base(d.LibPython) != d.SONAME || filepath.Base(d.BaseExecutable) != "python"+minor {
				t.Errorf("LibPython %s, BaseExecutable %s", d.LibPython, d.BaseExecutable)
			}
			if len(d.SitePackages) != 1 || filepath.Base(d.SitePackages[0]) != "site-packages" {
				t.Errorf("SitePackages = %v", d.SitePackages)
			}
		})
	}
}

// TestVirtualEnvironment makes environments by linking and by copying the
// interpreter, which differ in what sys._base_executable says.
func TestVirtualEnvironment(t *testing.T) {
	for _, minor := range []string{"3.9", "3.12"} {
		for _, how := range []string{"--symlinks", "--copies"} {
			t.Run(minor+how, func(t *testing.T) {
				base := fromPath(t, pyenv(t, minor+"."))
				dir := filepath.Join(t.TempDir(), "my venv")
				if out, err := exec.Command(base.Executable, "-I", "-m", "venv", "--without-pip", how, dir).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				venv := fromPath(t, dir)
				if !venv.IsVenv() || venv.Prefix != dir || venv.BasePrefix != base.Prefix {
					t.Errorf("unexpected description: %+v", venv)
				}
				if venv.LibPython != base.LibPython || venv.BaseExecutable != base.BaseExecutable {
					t.Errorf("not those of the base: %s, %s", venv.LibPython, venv.BaseExecutable)
				}
				site := filepath.Join(dir, "lib", "python"+minor, "site-packages")
				if len(venv.SitePackages) != 1 || venv.SitePackages[0] != site {
					t.Errorf("SitePackages = %v, want %s", venv.SitePackages, site)
				}
				if venv.Identity == base.Identity {
					t.Error("the environment has the identity of its base")
				}
			})
		}
	}
}

func TestDirectoryAndCommandName(t *testing.T) {
	python := pyenv(t, "3.12.")
	want := fromPath(t, python)
	if got := fromPath(t, filepath.Dir(filepath.Dir(python))); got.LibPython != want.LibPython || got.Identity != want.Identity {
		t.Errorf("by directory: %+v", got)
	}
	t.Setenv("PATH", filepath.Dir(python))
	if got := fromPath(t, "python3.12"); got.LibPython != want.LibPython {
		t.Errorf("by name: %+v", got)
	}
}

// TestHostileEnvironment: what configures the user's own Python must not reach
// the interpreter that is asked.
func TestHostileEnvironment(t *testing.T) {
	python := pyenv(t, "3.12.")
	want := fromPath(t, python).Identity
	t.Setenv("PYTHONHOME", "/nonexistent")
	t.Setenv("PYTHONPATH", "/nonexistent")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "json.py"), []byte("raise SystemExit(3)"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if got := fromPath(t, python).Identity; got != want {
		t.Errorf("identity changed with the environment: %s, %s", got, want)
	}
}

// standIn writes an executable script that plays an interpreter.
func standIn(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stand-in-python")
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// altered plays a real interpreter that gives other answers about itself: a
// stand-in for builds that cannot be had everywhere.
func altered(t *testing.T, changes string) string {
	t.Helper()
	return standIn(t, fmt.Sprintf(`#!%s -I
import contextlib, io, json, sys
out = io.StringIO()
with contextlib.redirect_stdout(out):
    exec(sys.argv[-1])
answer = json.loads(out.getvalue().splitlines()[-1])
answer.update(%s)
print(json.dumps(answer))
`, pyenv(t, "3.12."), changes))
}

func refusal(t *testing.T, path string) string {
	t.Helper()
	_, err := FromInterpreter(t.Context(), path)
	if err == nil {
		t.Fatalf("%s was accepted", path)
	}
	if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, path) {
		t.Errorf("not one line that names the path: %q", text)
	}
	return err.Error()
}

func TestRefusals(t *testing.T) {
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	alien := filepath.Join(t.TempDir(), "alien")
	if err := os.WriteFile(alien, []byte("\x7fELF\x02\x01\x01 for some other machine"), 0o700); err != nil {
		t.Fatal(err)
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for _, test := range []struct{ name, path, want string }{
		{"missing", filepath.Join(t.TempDir(), "python"), "no such file"},
		{"empty directory", t.TempDir(), "no bin/python3"},
		{"not executable", text, "not executable"},
		{"other machine", alien, "not a program for this machine"},
		{"another program", sh, "not a working Python interpreter"},
		{"silent program", standIn(t, "#!/bin/sh\n"), "not a Python interpreter"},
		{"missing loader", standIn(t, "#!/nonexistent/loader\n"), "no such program, or the loader"},
		{"PyPy", altered(t, `implementation="PyPy"`), "it is PyPy"},
		{"too new", altered(t, `version="3.15.0", minor=15`), "too new; packaged programs need CPython 3.9 to 3.14"},
		{"static", altered(t, `shared="0", instsoname="libpython3.12.a", ldlibrary="libpython3.12.a"`), "PYTHON_CONFIGURE_OPTS=--enable-shared"},
		{"Debian without libpython", altered(t, `instsoname="libpython3.99.so.1.0", ldlibrary="", path=["/usr/lib/python3/dist-packages"]`),
			"install the package libpython3.12"},
		{"library gone", altered(t, `instsoname="libpython3.99.so.1.0", ldlibrary="", path=[]`), "libpython3.99.so.1.0 is in none of"},
		{"library of another machine", altered(t, fmt.Sprintf(`instsoname=%q, base_prefix="/nonexistent", libdir=%q`, "foreign.so", foreignLibrary(t))),
			"this machine is"},
		{"library is a text", altered(t, fmt.Sprintf(`instsoname="notes.txt", base_prefix="/nonexistent", libdir=%q`, filepath.Dir(text))),
			"not a shared library"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := refusal(t, test.path); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
}

// foreignLibrary copies a real libpython, with the machine in its ELF header
// changed, to a directory and returns that.
func foreignLibrary(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("makes an ELF file")
	}
	data, err := os.ReadFile(fromPath(t, pyenv(t, "3.12.")).LibPython)
	if err != nil {
		t.Fatal(err)
	}
	data[18] = 0xf3 // e_machine: RISC-V
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "foreign.so"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTooOld(t *testing.T) {
	for version, want := range map[string]string{
		"3.8.": "it is Python 3.8", "3.6.": "it is Python 3.6", "2.7.": "older than Python 3.4",
	} {
		t.Run(version, func(t *testing.T) {
			if got := refusal(t, pyenv(t, version)); !strings.Contains(got, want) || !strings.Contains(got, "need CPython 3.9 to 3.14") {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestNoiseBeforeTheAnswer(t *testing.T) {
	python := pyenv(t, "3.12.")
	noisy := standIn(t, "#!/bin/sh\necho welcome to my shell\nexec "+python+" \"$@\"\n")
	if d := fromPath(t, noisy); d.Executable != python {
		t.Errorf("Executable = %s, want the one behind the wrapper", d.Executable)
	}
}

// TestIdentityFollowsTheContent rebuilds an interpreter in its place: same path,
// same size, same times, other content.
func TestIdentityFollowsTheContent(t *testing.T) {
	d := *fromPath(t, pyenv(t, "3.12."))
	data, err := os.ReadFile(d.LibPython)
	if err != nil {
		t.Fatal(err)
	}
	d.LibPython = filepath.Join(t.TempDir(), "libpython.so")
	var identities []string
	for range 2 {
		data[len(data)-1]++
		if err := os.WriteFile(d.LibPython, data, 0o600); err != nil {
			t.Fatal(err)
		}
		id, err := identify(&d)
		if err != nil {
			t.Fatal(err)
		}
		identities = append(identities, id)
	}
	if identities[0] == identities[1] {
		t.Error("the identity did not change with the content of libpython")
	}
	d.LibPython = filepath.Join(t.TempDir(), "gone")
	if _, err := identify(&d); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("identity of a missing file: %v", err)
	}
}

// TestDebian uses the interpreter of the system where there is one with its
// library installed.
func TestDebian(t *testing.T) {
	found, _ := filepath.Glob("/usr/lib/*-linux-gnu/libpython3.*.so.1.0")
	if len(found) == 0 {
		t.Skip("no libpython of a Debian package")
	}
	minor := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), "libpython"), ".so.1.0")
	if !isFile("/usr/bin/python" + minor) {
		t.Skip("the interpreter is not installed")
	}
	if d := fromPath(t, "/usr/bin/python"+minor); d.LibPython != found[0] {
		t.Errorf("LibPython = %s, want %s", d.LibPython, found[0])
	}
}
