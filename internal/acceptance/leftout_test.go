package acceptance

import (
	"path/filepath"
	"regexp"
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
