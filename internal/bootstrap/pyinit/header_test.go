package pyinit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/origin"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// TestHeader: what both bootstraps must agree on is in the header, from one definition.
func TestHeader(t *testing.T) {
	text, err := header(settings.Settings{Minor: "3.9", LibDir: "python3.9", SitePaths: []string{"/a", "/b c"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"#define PYINIT_MINOR 9",
		`#define PYINIT_VERSION "3.9."`,
		`#define PYINIT_LIBDIR "python3.9"`,
		`#define PYINIT_PREFIX ""`,
		`#define PYINIT_SITES "/a", "/b c", `,
		`#define PYINIT_PYTHON_DIR "` + settings.PythonDir + `"`,
		`#define PYINIT_ORIGIN_VARIABLE "` + origin.Variable + `"`,
		`#define PYINIT_CANNOT_START "` + settings.CannotStart + `"`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	for _, o := range (settings.Settings{}).Options() {
		if !strings.Contains(text, `X("`+o.Name+`", `) {
			t.Errorf("option %s is not in the header", o.Name)
		}
	}
	for _, flag := range (settings.Settings{}).LegacyFlags() {
		if !strings.Contains(text, `X("`+flag.Name+`", `) {
			t.Errorf("flag %s is not in the header", flag.Name)
		}
	}
	if _, err := header(settings.Settings{Minor: "three"}); err == nil {
		t.Error("a version that is none is accepted")
	}
}

// TestSources: every file of C is part of the translation unit, and of the directory
// that is compiled.
func TestSources(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, settings.Settings{Minor: "3.14", LibDir: "python3.14"}); err != nil {
		t.Fatal(err)
	}
	unit, err := os.ReadFile(filepath.Join(dir, "pyinit.c"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		alone := e.Name() == "pyinit.c" || e.Name() == "library.c"
		if strings.HasSuffix(e.Name(), ".c") && !alone && !strings.Contains(string(unit), `#include "`+e.Name()+`"`) {
			t.Errorf("%s is not compiled", e.Name())
		}
	}
}

// TestQuote: C reads back what was written, whatever it is.
func TestQuote(t *testing.T) {
	const text = "a\"b\\c??/ \n\x01\x7fé1%s"
	if got := quote("\x011?\"é"); got != `"\0011\077\042\303\251"` {
		t.Errorf("quote = %s", got)
	}
	cc := needCompiler(t)
	dir := t.TempDir()
	source := filepath.Join(dir, "print.c")
	program := "#include <stdio.h>\nint main(void) { fputs(" + quote(text) + ", stdout); return 0; }\n"
	if err := os.WriteFile(source, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "print")
	if out, err := exec.Command(cc[0], append(cc[1:len(cc):len(cc)], source, "-o", exe)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want(t, run(t, exec.Command(exe)), 0, text)
}
