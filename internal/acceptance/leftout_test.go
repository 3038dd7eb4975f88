package acceptance

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// Of a package that is taken as a whole, tests, headers and sources stay behind, which
// the table of sizes says; --py-keep takes them along. What is left works.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	src := write(t, strings.Replace(program(t, "hello"), "import sys", "import sys, greenlet; print(greenlet.getcurrent().dead)", 1))
	whole := []string{"--py-onedir", "--py-layout=tree", "-size", "--py-requirement", "greenlet==3.5.6", "--py-collect-all", "greenlet", "-o", "out/app"}
	files := regexp.MustCompile(`/greenlet/(tests/.*\.pyc|.*\.h|.*\.cpp)$`)
	for _, keep := range []bool{false, true} {
		args := whole
		if keep {
			args = append(args, "--py-keep=all")
		}
		table := build(t, src, append(args, ".")...).stdout
		found := false
		for name := range tree(t, filepath.Join(src, "out")) {
			found = found || files.MatchString(name)
		}
		told := strings.Contains(table, "left out: tests\n") && strings.Contains(table, "left out: headers\n")
		if found != keep || told == keep {
			t.Errorf("kept: %t; there are such files: %t\n%s", keep, found, table)
		}
		if r := sealed(t, filepath.Join(src, "out", "app"), nil); r.code != 0 || !strings.HasPrefix(r.stdout, "False\n") {
			t.Errorf("%v", r)
		}
	}
	if r := tryBuild(t, src, "--py-onedir", "--py-keep", "test", "."); r.code != 1 || !strings.Contains(lastError(r.stderr), "--py-keep: nothing called test is left out") {
		t.Errorf("%v", r)
	}
}

// What nothing imports is not in libpython either, and does not take the place it took;
// what something imports works.
func TestUnusedBuiltins(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("libpython is cut on linux/amd64 only")
	}
	const report = `import sys; print('_sqlite3' in sys.builtin_module_names, '_bz2' in sys.builtin_module_names); import bz2; print(bz2.decompress(bz2.compress(b'x' * 9)))`
	src := write(t, strings.Replace(program(t, "hello"), "import sys", report+"; import sys", 1))
	libpython := func(out string) []byte {
		found, err := filepath.Glob(filepath.Join(src, out, "python", "lib", "libpython3.*.so.1.0"))
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		data, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for _, test := range []struct {
		out, keep, stdout string
	}{{"less", "", "False True\n"}, {"whole", "builtins", "True True\n"}} {
		args := []string{"--py-onedir", "-size", "-o", test.out + "/app", "."}
		if test.keep != "" {
			args = append([]string{"--py-keep", test.keep}, args...)
		}
		table := build(t, src, args...).stdout
		if strings.Contains(table, "left out: builtins\n") == (test.keep != "") {
			t.Errorf("--py-keep=%s says\n%s", test.keep, table)
		}
		if r := sealed(t, filepath.Join(src, test.out, "app"), nil); r.code != 0 || !strings.HasPrefix(r.stdout, test.stdout+"b'xxxxxxxxx'\n") {
			t.Errorf("%v", r)
		}
	}
	gone := bytes.Repeat([]byte{0xcc}, 1<<20) // of SQLite, in one piece
	less, whole := libpython("less"), libpython("whole")
	if !bytes.Contains(less, gone) || bytes.Contains(whole, gone) {
		t.Error("SQLite is in the one, or not in the other")
	}
	if len(less) != len(whole) {
		t.Errorf("%d bytes became %d", len(whole), len(less))
	}
}

// What imports for a trifle falls back where the rest is gone.
func TestWeakImports(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("libpython is cut on linux/amd64 only")
	}
	const code = `import sys, argparse, importlib.metadata, pathlib, random, tempfile
print([n for n in ("_hashlib", "_lzma", "_ssl", "_zstd") if n in sys.builtin_module_names])
with tempfile.TemporaryDirectory() as d:
    (pathlib.Path(d) / "a b").write_text("x")
print(pathlib.Path(d).exists(), pathlib.Path("/a b").as_uri(), round(random.Random("x").random(), 3))
print("usage" in argparse.ArgumentParser().format_help(), importlib.metadata.version("greenlet"))
`
	hello := "import sys\\nprint('hello from Python', sys.version_info[0])"
	src := write(t, strings.Replace(program(t, "hello"), `"`+hello+`"`, strconv.Quote(code), 1))
	build(t, src, "--py-onedir", "--py-requirement", "greenlet==3.5.6", "--py-copy-metadata", "greenlet", "-o", "out/app", ".")
	const want = "[]\nFalse file:///a%20b 0.631\nTrue 3.5.6\n"
	if r := sealed(t, filepath.Join(src, "out", "app"), nil); r.code != 0 || !strings.HasPrefix(r.stdout, want) {
		t.Errorf("%v", r)
	}
}

// numpy works without the symbols of its libraries; the table of sizes has them.
func TestStrip(t *testing.T) {
	t.Parallel()
	src := copyApp(t, "matrix")
	table := build(t, src, "--py-onedir", "--py-strip", "-size", "-o", "out/matrix", ".").stdout
	if !strings.Contains(table, "left out: symbols\n") {
		t.Error(table)
	}
	if r := sealed(t, filepath.Join(moveOut(t, src), "matrix"), nil, src); r.code != 0 || r.stdout != expected(t, "matrix") {
		t.Errorf("%v", r)
	}
}
