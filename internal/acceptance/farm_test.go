package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
)

// The same program prints the same as a directory in each layout, as one file, and
// installed in an environment.
func TestForms(t *testing.T) {
	t.Parallel()
	same := func(form, exe string, env []string, hide ...string) {
		t.Helper()
		if r := sealed(t, exe, env, hide...); r.code != 0 || r.stdout != expected(t, "matrix") || r.stderr != "" {
			t.Errorf("%s: %v\nwant:\n%s", form, r, expected(t, "matrix"))
		}
	}
	src, home, data := copyApp(t, "matrix"), []string{"HOME=" + t.TempDir()}, dataDir(t)
	forms := map[string]string{"mapped": packaged(t, "matrix")}
	for _, layout := range []string{"tree", "farm"} {
		build(t, src, "--py-onedir", "--py-layout", layout, "-o", "out/matrix")
		forms[layout] = moveOut(t, src)
	}
	succeed(t, data, "py", "env", "create", "forms")
	for layout, dir := range forms {
		same(layout, filepath.Join(dir, "matrix"), nil, src)
		succeed(t, data, "py", "env", "install", "forms", filepath.Join(dir, "matrix"))
		same(layout+", installed", filepath.Join(data, "envs", "forms", "current", "bin", "matrix"), nil, src, dir)
	}
	same("one file", onefile(t, "matrix"), home, src)
	if !full() {
		return
	}
	build(t, src, "--py-onefile", fast, "--py-layout=farm", "-o", "one")
	for range 2 { // unpacked, and found unpacked
		same("farm, one file", filepath.Join(src, "one"), home)
	}
}

// opening is Python that loads libraries in ways that no analysis sees, in this process
// and in children, and starts a program that is no part of the package and needs one.
const opening = `
import multiprocessing, os, subprocess, sys
import plugins

print(plugins.load())
with multiprocessing.get_context("spawn").Pool(1) as pool:
    print(pool.map(plugins.load, [0])[0])
child = "import plugins; print(plugins.load())"
print(subprocess.run([sys.executable, "-I", "-c", child], capture_output=True, text=True, check=True).stdout, end="")
names = sys.prefix + "/ld_library_paths/l"
if os.path.isdir(names):
    print(subprocess.run([os.environ["TOOL"]], env={"LD_LIBRARY_PATH": names}, capture_output=True, text=True, check=True).stdout, end="")
print(sorted(n for n in os.environ if n.startswith(("LD_", "PYTHON"))))
`

// plugins is a package with libraries of its own, which it opens by their paths, and it
// opens one of the machine by a computed name.
const plugins = `import ctypes, os, sys

def load(_=0):
    for name in ("plug", "base"):
        ctypes.CDLL(os.path.join(os.path.dirname(__file__), "libs", f"lib{name}.so"))
    ctypes.CDLL("".join(["lib", "traced", ".so.1"]))
    lines = [line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if ".so" in line]
    own = {os.path.relpath(l, sys.prefix) for l in lines if any(n in l for n in ("libtraced", "libunder", "libplug", "libbase"))}
    return sorted(own)
`

// TestFarmOpens: what a traced run has opened by dlopen, from outside, is there once,
// by the names that the program asks for, in it, in its children, and for a child that
// is no Python. No variable is needed for that, and none is set.
func TestFarmOpens(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("layout farm is for Linux")
	}
	outside, tool := t.TempDir(), filepath.Join(t.TempDir(), "tool")
	elftest.Write(t, filepath.Join(outside, "libtraced.so.1"), elftest.Image{SONAME: "libtraced.so.1", Needed: []string{"libunder.so"}, Runpath: "$ORIGIN"})
	elftest.Write(t, filepath.Join(outside, "libunder.so"), elftest.Image{SONAME: "libunder.so"})
	elftest.Write(t, tool, elftest.Image{Needed: []string{"libtraced.so.1"}, Message: "tool\n"})
	src := write(t, strings.Replace(program(t, "hello"), `"import sys\nprint('hello from Python', sys.version_info[0])"`, "code", 1)+
		"\nconst code = `"+opening+"`\n")
	pkg := filepath.Join(src, "py", "plugins")
	plantFile(t, pkg, "__init__.py", plugins)
	elftest.Write(t, filepath.Join(pkg, "libs", "libplug.so"), elftest.Image{SONAME: "libplug.so", Needed: []string{"libbase.so"}, Runpath: "$ORIGIN"})
	elftest.Write(t, filepath.Join(pkg, "libs", "libbase.so"), elftest.Image{SONAME: "libbase.so"})
	plantFile(t, src, "pyproject.toml", "[tool.llgo-py]\npath = [\"py\"]\nlayout = \"farm\"\n")

	trace := exec.Command(llgo, "py", "trace", "--py-compiler=go", "-write")
	trace.Dir, trace.Env = src, append(os.Environ(), "LD_LIBRARY_PATH="+outside)
	if r := start(t, trace); r.code != 0 || !strings.Contains(r.stderr, "libtraced.so.1") {
		t.Fatalf("trace: %v", r)
	}
	build(t, src, "--py-onedir", "-o", "out/app")
	moved := moveOut(t, src)
	const loaded = "['reals/r/libbase.so', 'reals/r/libplug.so', 'reals/r/libtraced.so.1', 'reals/r/libunder.so']\n"
	r := sealed(t, filepath.Join(moved, "app"), []string{"TOOL=" + tool}, src, outside)
	if want := strings.Repeat(loaded, 3) + "tool\n[]\n"; r.stdout != want || r.stderr != "" {
		t.Errorf("%v\nwant:\n%s", r, want)
	}
	checkFarm(t, filepath.Join(moved, "python"))
	if r := py(t, t.TempDir(), "check", moved); r.code != 0 || !strings.Contains(r.stdout, "0 errors, 0 warnings") {
		t.Errorf("check: %v", r)
	}
}

// checkFarm looks at the places that the layout names: shared objects are in reals/r
// alone, and every link there is leads to one.
func checkFarm(t *testing.T, python string) {
	t.Helper()
	top, err := os.ReadDir(python)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range top {
		names = append(names, e.Name())
	}
	if want := []string{"bin", "ld_library_paths", "lib", "manifest.json", "reals", "site-packages", "symlinks"}; !slices.Equal(names, want) {
		t.Errorf("%s has %q, want %q", python, names, want)
	}
	for name, content := range tree(t, python) {
		_, data, _ := strings.Cut(content, "\x00")
		isLibrary := strings.HasPrefix(data, "\x7fELF") && (strings.HasSuffix(name, ".so") || strings.Contains(name, ".so."))
		if isLibrary && filepath.Dir(name) != filepath.Join("reals", "r") {
			t.Errorf("%s is not in reals/r", name)
		}
	}
	for _, dir := range []string{"symlinks", "ld_library_paths/l"} {
		links, err := filepath.Glob(filepath.Join(python, dir, "*"))
		if err != nil || len(links) == 0 {
			t.Errorf("%s: %v", dir, err)
		}
		for _, link := range links {
			if real, err := filepath.EvalSymlinks(link); err != nil || filepath.Base(filepath.Dir(real)) != "r" {
				t.Errorf("%s leads to %s, %v", link, real, err)
			}
		}
	}
}

// Two builds in layout farm are equal, whatever directory they were made in.
func TestFarmIsReproducible(t *testing.T) {
	t.Parallel()
	onlyFull(t)
	first, second := copyApp(t, "own"), copyApp(t, "own")
	build(t, first, "--py-onedir", "--py-layout=farm", "-o", "out/app")
	build(t, second, "--py-onedir", "--py-layout=farm", "-o", "elsewhere/deep/app")
	sameTree(t, filepath.Join(first, "out"), filepath.Join(second, "elsewhere", "deep"))
}
