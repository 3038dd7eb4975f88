package acceptance

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
)

// These tests run with the real llgo, wherever it is found. What does not need it is
// in standin_test.go.

// realLLGo skips the test where there is no llgo.
func realLLGo(t *testing.T) string {
	t.Helper()
	path, err := compiler.FindLLGo()
	if err != nil {
		t.Skip("skipped: no llgo")
	}
	return path
}

// llgoPrograms are programs that llgo compiles, and what they print.
func llgoPrograms(t *testing.T) map[string]struct{ src, want string } {
	t.Helper()
	programs := map[string]struct{ src, want string }{
		"symbols": {write(t, program(t, "symbols")), "None\nTypeError: 1\nNone: 1\n"},
		"threads": {write(t, program(t, "threads")), "python 161700\ngo [0 499500 999000 1498500]\nlate\n"},
	}
	for _, name := range []string{"hello", "stdlib", "matrix", "own"} {
		programs[name] = struct{ src, want string }{copyApp(t, name), expected(t, name)}
	}
	return programs
}

// Every program prints, compiled by llgo and sealed off, what it prints compiled by
// Go: as a directory that was moved, and as one file, at its first start and the next.
func TestLLGoPrograms(t *testing.T) {
	t.Parallel()
	realLLGo(t)
	for name, p := range llgoPrograms(t) {
		t.Run(name, func(t *testing.T) { checkLLGoProgram(t, p.src, ".", name, p.want) })
	}
}

// llgo's own demos, where its sources are installed.
func TestLLGoDemos(t *testing.T) {
	t.Parallel()
	realLLGo(t)
	if !full() {
		t.Skip("twelve builds: scripts/test --full has them")
	}
	demos := filepath.Join(os.Getenv("LLGO_ROOT"), "_demo", "py")
	if _, err := os.Stat(filepath.Join(demos, "callpy")); err != nil {
		t.Skip("skipped: no demos in LLGO_ROOT")
	}
	for name, want := range map[string]string{
		"callpy":     "sqrt(2) = 1.4142135623730951\n",
		"matrix":     "a+b = [[10. 10. 10.]\n [10. 10. 10.]\n [10. 10. 10.]]\n",
		"max":        "100.0\n100.0\n",
		"pi":         "pi = 3.141593\n",
		"print":      "3.14\n",
		"statistics": "mean(1, 2, 3, 4, 4) = 2.800000\n",
	} {
		t.Run(name, func(t *testing.T) {
			src := filepath.Join(t.TempDir(), "py")
			if err := os.CopyFS(src, os.DirFS(demos)); err != nil {
				t.Fatal(err)
			}
			checkLLGoProgram(t, src, "./"+name, name, want, "--py-requirement=numpy")
		})
	}
}

func checkLLGoProgram(t *testing.T, src, pattern, name, want string, flags ...string) {
	t.Helper()
	flags = append(flags, "--py-compiler=llgo")
	r := build(t, src, append(flags, "--py-onedir", "-o", filepath.Join("out", name), pattern)...)
	if !strings.Contains(r.stderr, "compiler llgo ") {
		t.Errorf("the build does not name the compiler: %v", r)
	}
	moved := moveOut(t, src)
	if r := sealed(t, filepath.Join(moved, name), nil, src); r.code != 0 || r.stdout != want || r.stderr != "" {
		t.Errorf("directory: %v\nwant:\n%s", r, want)
	}
	checkDynamic(t, moved, name)
	checkPaths(t, filepath.Join(moved, name), src)

	build(t, src, append(flags, "--py-onefile", "-o", filepath.Join("out", name), pattern)...)
	moved, home := moveOut(t, src), t.TempDir()
	for _, which := range []string{"first", "second"} {
		if r := sealed(t, filepath.Join(moved, name), []string{"HOME=" + home}, src); r.code != 0 || r.stdout != want || r.stderr != "" {
			t.Errorf("file, %s start: %v\nwant:\n%s", which, r, want)
		}
	}
}

// systemLibraries are all that a program may need of the machine it runs on.
var systemLibraries = regexp.MustCompile(`^(ld-linux.*|libc|libm|libdl|libpthread|librt)\.so\.[0-9]+$`)

// checkDynamic: what a program needs is in its bundle or on every machine, and it
// looks nowhere else.
func checkDynamic(t *testing.T, dir, name string) {
	t.Helper()
	f, err := elf.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tags := map[elf.DynTag][]string{}
	for _, tag := range []elf.DynTag{elf.DT_NEEDED, elf.DT_RPATH, elf.DT_RUNPATH} {
		if tags[tag], err = f.DynString(tag); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(tags[elf.DT_RPATH], []string{"$ORIGIN/python/lib"}) || len(tags[elf.DT_RUNPATH]) != 0 {
		t.Errorf("DT_RPATH %q, DT_RUNPATH %q", tags[elf.DT_RPATH], tags[elf.DT_RUNPATH])
	}
	neededPython(t, filepath.Join(dir, name))
	for _, name := range tags[elf.DT_NEEDED] {
		_, err := os.Stat(filepath.Join(dir, "python", "lib", name))
		if err != nil && !systemLibraries.MatchString(name) {
			t.Errorf("it needs %s, which is nowhere", name)
		}
	}
}

// checkPaths: the program names no directory of the build machine.
func checkPaths(t *testing.T, exe, src string) {
	t.Helper()
	data, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{src, cacheRoot(), goEnv("GOMODCACHE"), os.Getenv("LLGO_ROOT"), os.TempDir() + "/llgo-py-"} {
		if dir != "" && bytes.Contains(data, []byte(dir)) {
			t.Errorf("%s names %s", exe, dir)
		}
	}
}

// What surrounds a program changes nothing about it.
func TestLLGoSurroundings(t *testing.T) {
	t.Parallel()
	realLLGo(t)
	src := copyApp(t, "stdlib")
	build(t, src, "--py-compiler=llgo", "--py-onedir", "-o", "out/stdlib")
	hostileSurroundings(t, filepath.Join(src, "out"), "stdlib")
}

// llgo keeps what `link:` lines became, without regard to what they depend on. A
// program must never be linked with the Python of another build, nor with one that the
// user's own cache remembers.
func TestLLGoCacheTrap(t *testing.T) {
	path := realLLGo(t)
	own, gocache := cacheRoot(), goEnv("GOCACHE")
	t.Setenv("LLGO_PY_CACHE", own)
	t.Setenv("GOCACHE", gocache)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	src := copyApp(t, "hello")

	other := otherLibPython(t)
	env, err := compiler.LLGoEnviron(t.Context(), path, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	plain := exec.Command(path, "build", "-o", "plain", ".")
	plain.Dir, plain.Env = src, append(env, "LLGO_LIB_PYTHON=-Wl,-rpath,"+filepath.Dir(other)+","+other)
	if r := start(t, plain); r.code != 0 {
		t.Fatalf("llgo by itself: %v", r)
	}
	for _, python := range []string{"3.14", "3.11", "3.14"} {
		build(t, src, "--py-compiler=llgo", "--py-onedir", "--py-python="+python, "-o", "out/hello")
		if got := neededPython(t, filepath.Join(src, "out", "hello")); got != "libpython"+python+".so.1.0" {
			t.Errorf("for %s it needs %s", python, got)
		}
		if r := sealed(t, filepath.Join(src, "out", "hello"), nil); r.code != 0 || r.stdout != expected(t, "hello") {
			t.Errorf("for %s: %v", python, r)
		}
	}
}

// otherLibPython is the shared library of an interpreter that is not the default one.
func otherLibPython(t *testing.T) string {
	t.Helper()
	pythons := filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS"))
	if len(pythons) < 2 {
		t.Skip("LLGO_PY_TEST_PYTHONS names no second interpreter: scripts/test sets it")
	}
	r := start(t, exec.Command(pythons[1], "-c",
		"import sysconfig; print(sysconfig.get_config_var('LIBDIR') + '/' + sysconfig.get_config_var('INSTSONAME'), end='')"))
	if _, err := os.Stat(r.stdout); err != nil {
		t.Skipf("%s has no shared library: %v", pythons[1], r)
	}
	return r.stdout
}

// neededPython is the libpython that an executable asks for.
func neededPython(t *testing.T, exe string) string {
	t.Helper()
	f, err := elf.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	needed, err := f.DynString(elf.DT_NEEDED)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(needed, func(name string) bool { return strings.HasPrefix(name, "libpython3.") })
	if i < 0 {
		t.Fatalf("%s needs %q", exe, needed)
	}
	return needed[i]
}

// Where there are no archives of llgo's libraries, the shared ones come along.
func TestLLGoSharedLibraries(t *testing.T) {
	realLLGo(t)
	cc := filepath.Join(t.TempDir(), "cc")
	script := "#!/bin/sh\ncase $1 in -print-file-name=*) echo none; exit;; esac\nexec clang \"$@\"\n"
	if err := os.WriteFile(cc, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("clang"); err != nil {
		t.Skip("no clang on PATH")
	}
	t.Setenv("CC", cc)
	src := copyApp(t, "own")
	build(t, src, "--py-compiler=llgo", "--py-onedir", "-o", "out/own")
	dir := filepath.Join(src, "out")
	if found, _ := filepath.Glob(filepath.Join(dir, "python", "lib", "libgc.so.*")); len(found) == 0 {
		t.Error("no libgc in the bundle")
	}
	checkDynamic(t, dir, "own")
	if r := sealed(t, filepath.Join(dir, "own"), nil); r.code != 0 || r.stdout != expected(t, "own") {
		t.Errorf("%v", r)
	}
}

// Two builds of the same sources are the same bytes, wherever they were made.
func TestLLGoIsReproducible(t *testing.T) {
	t.Parallel()
	realLLGo(t)
	var files [][]byte
	for range 2 {
		src := copyApp(t, "hello")
		build(t, src, "--py-compiler=llgo", "--py-onefile", "-o", "out/hello")
		data, err := os.ReadFile(filepath.Join(src, "out", "hello"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Errorf("%d and %d bytes, not the same", len(files[0]), len(files[1]))
	}
}

// What llgo says about a mistake reaches the user as it is.
func TestLLGoErrors(t *testing.T) {
	t.Parallel()
	realLLGo(t)
	src := write(t, "package main\n\nimport \"github.com/goplus/lib/py/std\"\n\nfunc main() { std.Print(nothing) }\n")
	r := tryBuild(t, src, "--py-compiler=llgo", "--py-onedir", "-o", "out/app")
	if r.code != 1 || !strings.Contains(r.stderr, "./main.go:5:25: undefined: nothing") {
		t.Errorf("%v", r)
	}
	if _, err := os.Stat(filepath.Join(src, "out")); err == nil {
		t.Error("a failed build wrote something")
	}
}
