// Package pythontest runs the tests of a package that calls Python against every
// CPython at hand. Python can be started once per process, so each one gets a
// process of its own: [Main] runs the test binary again for each.
package pythontest

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
	"github.com/llgo-pypack/llgo-pypack/internal/signaltest"
)

// Interpreters names, as a path list, the Python executables to test with. Without
// it the pyenv versions of the machine are taken.
const Interpreters = "LLGO_PY_TEST_PYTHONS"

// chosen tells a child process which Python to start.
const chosen = "LLGO_PY_TEST_CHOSEN"

// Python must be started on the main thread, and package init runs there.
func init() { runtime.LockOSThread() }

// Main is TestMain for packages that call Python.
func Main(m *testing.M) {
	signaltest.Interruptible()
	if text := os.Getenv(chosen); text != "" {
		s, err := settings.Decode(text)
		if err == nil {
			err = bootstrap.Start(s)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "cannot start Python:", err)
			os.Exit(1)
		}
		status := m.Run()
		if scratch != "" {
			_ = os.RemoveAll(scratch)
		}
		os.Exit(status)
	}
	flag.Parse()
	found := Find()
	if len(found) == 0 {
		fmt.Printf("SKIP: no CPython with a shared libpython; name some in $%s\n", Interpreters)
		return
	}
	if flag.Lookup("test.bench").Value.String() != "" {
		found = found[len(found)-1:]
	}
	status := 0
	for _, s := range found {
		fmt.Printf("python %s (%s)\n", s.Minor, s.Prefix)
		if err := again(s); err != nil {
			fmt.Println(err)
			status = 1
		}
	}
	os.Exit(status)
}

var scratch string

// Scratch makes a folder for what all tests of this process share; Main removes it.
func Scratch() (string, error) {
	dir, err := os.MkdirTemp("", "pythontest-")
	scratch = dir
	return dir, err
}

// Chosen returns the Python of this process.
func Chosen() settings.Settings {
	s, err := settings.Decode(os.Getenv(chosen))
	if err != nil {
		panic(err)
	}
	return s
}

// again runs this test binary with Python s.
func again(s settings.Settings) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(Environ(), chosen+"="+s.Encode())
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("python %s: %w", s.Minor, err)
	}
	return nil
}

// Environ is the environment without Python's variables. PYTHONUNBUFFERED in
// particular hides lost output.
func Environ() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PYTHON") {
			env = append(env, v)
		}
	}
	return env
}

// Find returns the interpreters to test with, oldest version first.
func Find() []settings.Settings {
	var found []settings.Settings
	for _, exe := range candidates() {
		if s, ok := inspect(exe); ok {
			found = append(found, s)
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return minor(found[i]) < minor(found[j]) })
	return found
}

func candidates() []string {
	if list := os.Getenv(Interpreters); list != "" {
		return filepath.SplitList(list)
	}
	root := os.Getenv("PYENV_ROOT")
	if home, err := os.UserHomeDir(); root == "" && err == nil {
		root = filepath.Join(home, ".pyenv")
	}
	found, _ := filepath.Glob(filepath.Join(root, "versions", "3.*", "bin", "python3"))
	return found
}

// inspect asks an interpreter about itself; ok is false if it has no shared
// library or is older than 3.9.
func inspect(exe string) (s settings.Settings, ok bool) {
	cmd := exec.Command(exe, "-I", "-c", `
import json, sys, sysconfig
print(json.dumps({"Minor": "%d.%d" % sys.version_info[:2], "Prefix": sys.base_prefix,
    "LibPython": "lib/" + sysconfig.get_config_var("INSTSONAME"), "LibDir": "python" + sysconfig.get_config_var("LDVERSION")}))`)
	cmd.Env = Environ()
	out, err := cmd.Output()
	if err != nil || json.Unmarshal(out, &s) != nil {
		return s, false
	}
	s.Executable = exe
	_, err = os.Stat(filepath.Join(s.Prefix, s.LibPython))
	return s, err == nil && minor(s) >= 9
}

func minor(s settings.Settings) (n int) {
	_, _ = fmt.Sscanf(s.Minor, "3.%d", &n)
	return n
}
