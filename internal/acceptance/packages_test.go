package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/report"
)

// Programs with the distributions that people use, one program for each
// (testdata/packages), packaged and sealed off: what they print is compared with
// the comment at their end, and they must complain of nothing; nor may the report
// of the build have a module that they need and lack. The versions are those of
// constraints.txt.
//
// Without LLGO_PY_TEST_FULL only the program of many small wheels is built.
func TestPackages(t *testing.T) {
	t.Parallel()
	programs, err := filepath.Glob(filepath.Join("testdata", "packages", "*.go"))
	if err != nil || len(programs) < 10 {
		t.Fatal("testdata/packages:", programs, err)
	}
	for _, path := range programs {
		name := strings.TrimSuffix(filepath.Base(path), ".go")
		t.Run(name, func(t *testing.T) {
			var args []string
			switch {
			case name == "tkinter":
				args = []string{"--py-python", pythonWithTcl(t)}
			case name != "small":
				onlyFull(t)
			}
			src, want := packageProgram(t, path)
			build(t, src, append(args, "--py-onedir", "-o", "out/app", "--py-report", "report.json")...)
			nothingRequired(t, filepath.Join(src, "report.json"))
			exe := filepath.Join(moveOut(t, src), "app")
			runPackage(t, exe, src, want)
			if onefile := []string{"numpy", "requests"}; slices.Contains(onefile, name) {
				build(t, src, append(args, "--py-onefile", fast, "-o", "out/app")...)
				runPackage(t, filepath.Join(moveOut(t, src), "app"), src, want)
			}
		})
	}
}

// nothingRequired reads the report of a build: of a package that runs, no module that it
// lacks is one that it needs. Reports have such modules whether or not the build warns.
func nothingRequired(t *testing.T, path string) {
	t.Helper()
	r, err := report.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Missing) == 0 { // _winapi at least, which subprocess tries to import
		t.Error("the report has no missing modules at all")
	}
	for _, m := range r.Missing {
		if m.Reason == helper.MissingRequired {
			t.Errorf("%s is not found, and reported as required by %v; the package runs without it", m.Module, m.Importers)
		}
	}
}

// runPackage runs a program in a home of its own: some packages keep caches there.
func runPackage(t *testing.T, exe, src, want string) {
	t.Helper()
	r := sealed(t, exe, []string{"HOME=" + t.TempDir()}, src, "/usr/share/tcltk")
	if r.code != 0 || r.stdout != want || r.stderr != "" {
		t.Errorf("%v\nwant:\n%s", r, want)
	}
}

// full reports whether the slow tests are asked for.
func full() bool { return os.Getenv("LLGO_PY_TEST_FULL") != "" }

func onlyFull(t *testing.T) {
	t.Helper()
	if !full() {
		t.Skip("only with LLGO_PY_TEST_FULL: scripts/test --full")
	}
}

var (
	requires = regexp.MustCompile(`(?m)^// Requires:(.*)$`)
	outputs  = regexp.MustCompile(`(?s)\n// Output:\n(.*)$`)
	comment  = regexp.MustCompile(`(?m)^// ?`)
)

// packageProgram makes a program of a file of testdata/packages; it returns its
// directory and what it prints.
func packageProgram(t *testing.T, path string) (dir, want string) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	constraints, err := os.ReadFile(filepath.Join("testdata", "packages", "constraints.txt"))
	if err != nil {
		t.Fatal(err)
	}
	needs, prints := requires.FindSubmatch(source), outputs.FindSubmatch(source)
	if needs == nil || prints == nil {
		t.Fatalf("%s: no comment Requires or Output", path)
	}
	dir = write(t, string(source))
	if names := strings.Fields(string(needs[1])); len(names) > 0 {
		plantFile(t, dir, "constraints.txt", string(constraints))
		plantFile(t, dir, "requirements.txt", "-c constraints.txt\n"+strings.Join(names, "\n")+"\n")
	}
	return dir, comment.ReplaceAllString(string(prints[1]), "")
}

// pythonWithTcl is an interpreter whose tkinter works. The managed ones have a
// Tcl without its scripts.
func pythonWithTcl(t *testing.T) string {
	t.Helper()
	home, _ := os.UserHomeDir()
	pyenv, _ := filepath.Glob(filepath.Join(home, ".pyenv/versions/3.*/bin/python3"))
	given := filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS"))
	for _, python := range slices.Concat(given, pyenv, []string{"/usr/bin/python3"}) {
		const usable = "import os, sys, sysconfig, tkinter; tkinter.Tcl()\n" +
			"sys.exit(sys.version_info < (3, 9) or not sysconfig.get_config_var('Py_ENABLE_SHARED'))"
		if exec.Command(python, "-I", "-c", usable).Run() == nil {
			return python
		}
	}
	t.Skip("no interpreter with a shared libpython, tkinter and the scripts of Tcl at hand")
	return ""
}
