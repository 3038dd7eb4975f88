package facts

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// notes is a reporter that keeps notes.
type notes struct {
	progress.Reporter
	texts []string
}

func (n *notes) Note(text string) { n.texts = append(n.texts, text) }

// read collects the facts of dir by an interpreter, or by managed ones if it is nil.
func read(t *testing.T, dir string, python *pydist.Dist) (*Container, []string) {
	t.Helper()
	c, told := open(t, dir), &notes{Reporter: progress.Discard}
	if err := c.Collect(t.Context(), Options{Helper: newHelper(t), Python: python, Reporter: told}); err != nil {
		t.Fatal(err)
	}
	return c, told.texts
}

// withMagic is a directory with a module, beside byte code that some CPython wrote.
func withMagic(t *testing.T, magic byte) string {
	t.Helper()
	dir := filepath.Dir(checktest.Write(t, "old.pyc", append([]byte{magic, 0x0d, '\r', '\n'}, make([]byte, 12)...)))
	if err := os.WriteFile(filepath.Join(dir, "mod.py"), []byte("import json\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestInterpreterThatIsNamed: byte code of a version that no managed interpreter has is
// read by the interpreter that is named, if it is of that version; otherwise a note says
// which one to name. That the version is 3.9 is invented here.
func TestInterpreterThatIsNamed(t *testing.T) {
	dir := withMagic(t, 0x61) // 3425
	named, err := pydist.Managed(t.Context(), progress.Discard, pydist.Default)
	if err != nil {
		t.Fatal(err)
	}
	invented := *named
	invented.Minor = "3.9"
	for _, python := range []*pydist.Dist{nil, named} {
		c, told := read(t, dir, python)
		if len(c.Modules) != 0 || c.Interpreter.Version != "" || len(told) != 1 || !strings.Contains(told[0], "CPython 3.9,") || !strings.Contains(told[0], "--py-python names one") {
			t.Errorf("%+v, notes %q", c.Modules, told)
		}
	}
	c, told := read(t, dir, &invented)
	if len(told) != 0 || c.Interpreter.Version != named.Version || !slices.ContainsFunc(c.Modules, isMod) {
		t.Errorf("by %q: %+v, notes %q", c.Interpreter.Version, c.Modules, told)
	}
}

// isMod tells whether a module is the one that withMagic wrote.
func isMod(m Module) bool {
	return m.Name == "mod" && slices.ContainsFunc(m.Imports, func(imp Import) bool { return imp.Module == "json" })
}

// TestByteCodeOfOthers: the same with interpreters of this machine that are not managed
// ones, and what they wrote.
func TestByteCodeOfOthers(t *testing.T) {
	none := true
	for _, path := range filepath.SplitList(os.Getenv("LLGO_PY_TEST_PYTHONS")) {
		python, err := pydist.FromInterpreter(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if pydist.Offers(python.Minor) {
			continue
		}
		none = false
		dir := filepath.Dir(checktest.Write(t, "mod.py", []byte("import json\n")))
		compile := exec.Command(path, "-I", "-c", "import py_compile; py_compile.compile('mod.py', 'mod.pyc')")
		compile.Dir = dir
		if out, err := compile.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if err := os.Remove(filepath.Join(dir, "mod.py")); err != nil {
			t.Fatal(err)
		}
		if c, told := read(t, dir, nil); len(c.Modules) != 0 || len(told) != 1 {
			t.Errorf("%s: %+v, notes %q", path, c.Modules, told)
		}
		if c, told := read(t, dir, python); !slices.ContainsFunc(c.Modules, isMod) || len(told) != 0 {
			t.Errorf("%s: %+v, notes %q", path, c.Modules, told)
		}
	}
	if none {
		t.Skip("LLGO_PY_TEST_PYTHONS has no CPython of a version that is not managed")
	}
}
