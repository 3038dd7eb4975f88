package acceptance

import (
	"path/filepath"
	"strings"
	"testing"
)

// optimized says what level of optimisation a module and an interpreter have: the code
// of the program itself, a module of its own, the standard library, and children of
// each kind.
const optimized = `package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str("import sys, mine, subprocess, multiprocessing\n" +
		"print(sys.flags.optimize, __debug__, mine.level(), flush=True)\n" +
		"code = 'import sys, mine; print(sys.flags.optimize, __debug__, mine.level())'\n" +
		"subprocess.run([sys.executable, '-c', code], check=True)\n" +
		"subprocess.run([sys.executable, '-I', '-c', code], check=True)\n" +
		"print(multiprocessing.get_context('spawn').Pool(1).apply(mine.level))"))
}
`

const mine = `"""Documentation."""
import sys

def level():
    found = ["assert"]
    try:
        assert False
    except AssertionError:
        pass
    else:
        found.remove("assert")
    return sys.flags.optimize, found, __debug__, bool(__doc__)
`

// Byte code, the interpreter of the program and those of its children agree on the
// level, whatever the layout. Without LLGO_PY_TEST_FULL each level has one layout.
func TestOptimize(t *testing.T) {
	t.Parallel()
	src := write(t, optimized)
	plantFile(t, src, "py/mine.py", mine)
	for _, test := range []struct{ level, module, layout string }{
		{"0", "(0, ['assert'], True, True)", "tree"},
		{"1", "(1, [], False, True)", "mapped"},
		{"2", "(2, [], False, False)", "tree"},
	} {
		level, module, layouts := test.level, test.module, []string{test.layout}
		if full() {
			layouts = []string{"mapped", "tree"}
		}
		for _, layout := range layouts {
			build(t, src, "--py-onedir", "--py-optimize", level, "--py-layout", layout, "--py-path", "py",
				"--py-hidden-import", "mine", "--py-hidden-import", "multiprocessing", "-o", "out/app")
			debug := "True"
			if level != "0" {
				debug = "False"
			}
			line := level + " " + debug + " " + module
			want := strings.Join([]string{line, line, line, module, ""}, "\n")
			if r := sealed(t, filepath.Join(src, "out", "app"), nil); r.code != 0 || r.stdout != want || r.stderr != "" {
				t.Errorf("level %s, layout %s: %v\nwant:\n%s", level, layout, r, want)
			}
		}
	}
}
