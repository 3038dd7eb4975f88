package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/report"
)

// embedding is a cgo program as people write them: it starts Python itself, where
// the machine has it, and knows nothing of us. It declares what it calls, since a
// managed CPython has no headers.
const embedding = `package main

/*
#include <stdlib.h>
void Py_Initialize(void);
int Py_FinalizeEx(void);
int PyRun_SimpleStringFlags(const char *, void *);
extern struct _object *PyExc_ValueError; // data, not a function
static int has_data(void) { return PyExc_ValueError != NULL; }
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
)

const code = ` + "\"import sys, os, json, own\\n\" +\n\t\"print(json.dumps(sys.argv[1:]), own.greeting(), os.path.basename(sys.prefix), 'PYTHONHOME' in os.environ)\\n\" +\n\t\"print('last', end='')\"" + `

func main() {
	runtime.LockOSThread()
	C.Py_Initialize()
	fmt.Println("go", os.Args[1:], C.has_data())
	if C.PyRun_SimpleStringFlags(C.CString(code), nil) != 0 {
		os.Exit(1)
	}
	if C.Py_FinalizeEx() < 0 {
		os.Exit(120)
	}
}
`

const embedded = "go [] 1\n[] hello from own python False\nlast"

// linkedWith builds the program with cgo against the libpython of an interpreter, as
// its users do; extra are flags of go build.
func linkedWith(t *testing.T, python string, extra ...string) string {
	t.Helper()
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler here: cgo needs one")
	}
	dir := filepath.Join(t.TempDir(), "cgo")
	plantFile(t, dir, "go.mod", "module example.com/embedding\n\ngo 1.24\n")
	plantFile(t, dir, "main.go", embedding)
	plantFile(t, dir, "py/own.py", "def greeting():\n    return 'hello from own'\n")
	libs, _ := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(python)), "lib", "libpython3.*.so.1.0"))
	if len(libs) != 1 {
		t.Fatalf("libpython of %s: %v", python, libs)
	}
	cmd := exec.Command("go", append(append([]string{"build"}, extra...), "-o", "embedding", ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "CGO_LDFLAGS="+libs[0]+linker()+" -Wl,-rpath,"+filepath.Dir(libs[0]))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dir, "embedding")
}

// linker avoids GNU ld, which takes the variables of a managed libpython, whose
// section table is cut, for absolute numbers.
func linker() string {
	for _, name := range []string{"gold", "lld"} {
		if _, err := exec.LookPath("ld." + name); err == nil {
			return " -fuse-ld=" + name
		}
	}
	return ""
}

// pack runs llgo py pack.
func pack(t *testing.T, dir string, args ...string) result {
	t.Helper()
	cmd := exec.Command(llgo, append([]string{"py", "pack"}, args...)...)
	cmd.Dir = dir
	return start(t, cmd)
}

// An executable that was built without us becomes a directory and a file that run
// where there is no Python, however it was linked; hostile variables change nothing.
func TestPack(t *testing.T) {
	t.Parallel()
	pythons := filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS"))
	if len(pythons) == 0 {
		t.Skip("LLGO_PY_TEST_PYTHONS is not set: scripts/test sets it")
	}
	for i, python := range pythons {
		for name, flags := range map[string][]string{"no pie": nil, "pie": {"-buildmode=pie"}, "stripped": {"-ldflags=-s -w"}} {
			if slow := name == "stripped" || i > 0; i > 0 && name != "no pie" || slow && !full() {
				continue
			}
			t.Run(filepath.Base(filepath.Dir(filepath.Dir(python)))+" "+name, func(t *testing.T) {
				exe := linkedWith(t, python, flags...)
				before, err := os.ReadFile(exe)
				if err != nil {
					t.Fatal(err)
				}
				dir, out := filepath.Dir(exe), t.TempDir()
				r := pack(t, dir, "--onedir", "-o", out+"/dir/app", "--py-hidden-import", "json", "--py-hidden-import", "own", "--py-path", "py", "./embedding")
				if r.code != 0 {
					t.Fatal(r)
				}
				if after, err := os.ReadFile(exe); err != nil || string(after) != string(before) {
					t.Error("the executable itself was changed")
				}
				programs := []string{out + "/dir/app"}
				if i == 0 && name == "pie" {
					if r := pack(t, dir, "--onefile", fast, "-o", out+"/one", "--py-hidden-import", "json", "--py-hidden-import", "own", "--py-path", "py", exe); r.code != 0 {
						t.Fatal(r)
					}
					programs = append(programs, out+"/one")
				}
				if name == "no pie" && full() {
					if r := pack(t, dir, "--onedir", "--py-layout=farm", "-o", out+"/farm/app", "--py-hidden-import", "own", "--py-path", "py", exe); r.code != 0 {
						t.Fatal(r)
					}
					programs = append(programs, out+"/farm/app")
				}
				for _, program := range programs {
					env := []string{"HOME=" + t.TempDir()}
					if program != programs[0] {
						env = append(env, "LLGO_PY_CACHE="+t.TempDir())
					}
					r := sealed(t, program, append(env, "LD_LIBRARY_PATH="+filepath.Dir(python), "PYTHONPATH=/nowhere"), dir, filepath.Dir(filepath.Dir(python)))
					if r.code != 0 || r.stdout != embedded || r.stderr != "" {
						t.Errorf("%s: %v\nwant:\n%s", program, r, embedded)
					}
				}
			})
		}
	}
}

// What is packed is reported like what is built: the program by the record in the
// executable, in one file with the launcher's modules, and a table of sizes.
func TestPackReports(t *testing.T) {
	t.Parallel()
	pythons := filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS"))
	if len(pythons) == 0 {
		t.Skip("LLGO_PY_TEST_PYTHONS is not set: scripts/test sets it")
	}
	exe := linkedWith(t, pythons[0])
	if r := pack(t, t.TempDir(), "--onedir", "--py-report", "r.txt", exe); r.code != 1 || !strings.Contains(r.stderr, "llgo: --py-report: ") || !strings.Contains(r.stderr, "r.txt") {
		t.Errorf("a report of no known format: %v", r)
	}
	for layout, out := range map[report.Layout]string{report.Onedir: "dir/app", report.Onefile: "app"} {
		if layout == report.Onefile && !full() {
			continue
		}
		dir := t.TempDir()
		packed := pack(t, dir, "--"+string(layout), fast, "-o", out, "--py-hidden-import", "json", "-size",
			"--py-report", "r.json", "--py-report", "r.html", "--py-report", "r.cdx.json", exe)
		if packed.code != 0 {
			t.Fatal(packed)
		}
		if !strings.Contains(packed.stdout, "Size report for "+out+"\n") || !strings.Contains(packed.stdout, "| CPython 3.14.") || !strings.Contains(packed.stdout, "| total\n") {
			t.Errorf("-size printed\n%s", packed.stdout)
		}
		r, err := report.Read(filepath.Join(dir, "r.json"))
		if err != nil {
			t.Fatal(err)
		}
		if p := r.Program; p.Kind != layout || p.Name != "app" || p.Package != "example.com/embedding" || !strings.HasPrefix(p.Go, "go1.") {
			t.Errorf("%s: %+v", layout, p)
		}
		if written := sizeOf(t, filepath.Join(dir, filepath.Dir(out))); layout == report.Onedir && r.Program.Size != written {
			t.Errorf("the report counts %d bytes, written are %d", r.Program.Size, written)
		}
		launched := slices.ContainsFunc(r.GoModules, func(m report.GoModule) bool { return m.Path == "github.com/klauspost/compress" && m.Version != "" })
		if own := slices.Contains(r.GoModules, report.GoModule{Path: "example.com/embedding"}); !own || launched != (layout == report.Onefile) {
			t.Errorf("%s: Go modules %v", layout, r.GoModules)
		}
		if chain := ask(t, dir, "why", "-report", "r.json", "json.decoder"); !strings.HasPrefix(chain, "--py-hidden-import → json → json.decoder\n") {
			t.Errorf("why json.decoder:\n%s", chain)
		}
		for _, name := range []string{"r.html", "r.cdx.json"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 1000 {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What cannot be packed says what it is, and leaves what was there.
func TestPackRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plantFile(t, dir, "script", "#!/bin/sh\n")
	for _, test := range []struct{ args, want string }{
		{"--onedir script", "is a script"},
		{"--onedir none", "cannot be read: no such file or directory"},
		{"--onedir " + llgo, "libpython"},
		{"--onedir", "name one executable"},
		{"--onedir --onefile script", "one of them, please"},
		{"--onedir -size-format=xml script", "must be text or json"},
		{"--onedir --py-hiden-import x script", "--py-hidden-import"},
	} {
		r := pack(t, dir, strings.Fields(test.args)...)
		if r.code == 0 || !strings.Contains(r.stderr, test.want) || r.stdout != "" {
			t.Errorf("llgo py pack %s: %v\nwant %q", test.args, r, test.want)
		}
		if left := len(tree(t, dir)); left != 2 {
			t.Errorf("llgo py pack %s left something behind: %d files", test.args, left)
		}
	}
}

// A program that links libpython by cgo is built by stock Go with a C compiler and ends
// in the same layout. The Python that is named decides, whatever the go command has in
// its cache of another one.
func TestCgo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cgo")
	plantFile(t, dir, "go.mod", "module example.com/cgo\n\ngo 1.24\n")
	plantFile(t, dir, "main.go", strings.Replace(embedding, "#include <stdlib.h>", "#cgo pkg-config: python3-embed\n#include <stdlib.h>", 1))
	plantFile(t, dir, "py/own.py", "def greeting():\n    return 'hello from own'\n")
	args := []string{"--py-onedir", "--py-hidden-import", "json", "--py-hidden-import", "own", "--py-path", "py", "-o", "out/app"}
	if r := tryBuild(t, dir, append(args, "--py-python", "3.14")...); r.code == 0 || !strings.Contains(r.stderr, "a managed CPython has no headers") && !strings.Contains(r.stderr, "build constraints exclude all Go files") {
		t.Errorf("a managed CPython: %v", r)
	}
	for _, python := range developed(t) {
		r := tryBuild(t, dir, append(args, "--py-python", python)...)
		if r.code != 0 {
			t.Fatalf("%s: %v", python, r)
		}
		r = sealed(t, filepath.Join(dir, "out", "app"), []string{"PYTHONPATH=/nowhere"}, filepath.Dir(filepath.Dir(python)))
		if r.code != 0 || r.stdout != embedded || r.stderr != "" {
			t.Errorf("%s: %v\nwant:\n%s", python, r, embedded)
		}
	}
}

// developed are interpreters of this machine with what cgo needs of them, two at most.
func developed(t *testing.T) (pythons []string) {
	t.Helper()
	for _, name := range []string{"cc", "pkg-config"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("no %s here: cgo needs it", name)
		}
	}
	home, _ := os.UserHomeDir()
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv/versions/3.1[0-4].*/lib/pkgconfig/python3-embed.pc"))
	if system, _ := filepath.Glob("/usr/lib/pkgconfig/python3-embed.pc"); len(system) > 0 {
		found = append(found, system...)
	}
	for _, file := range found {
		prefix := filepath.Dir(filepath.Dir(filepath.Dir(file)))
		if libs, _ := filepath.Glob(filepath.Join(prefix, "lib", "libpython3.*.so.1.0")); len(libs) > 0 && len(pythons) < 2 {
			pythons = append(pythons, filepath.Join(prefix, "bin", "python3"))
		}
	}
	if len(pythons) == 0 {
		t.Skip("no CPython with python3-embed.pc and a shared libpython here: cgo needs its development files")
	}
	return pythons
}
