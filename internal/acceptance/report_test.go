package acceptance

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/llgo-pypack/llgo-pypack/internal/report"
)

// reported builds matrix with every sort of report.
func reported(t *testing.T, flags ...string) (dir string, r *report.Report, stdout string) {
	t.Helper()
	dir = copyApp(t, "matrix")
	built := build(t, dir, append(flags, "-o", "out/matrix", "-size",
		"--py-report", "r/matrix.json", "--py-report", "r/matrix.html", "--py-report", "r/matrix.cdx.json")...)
	if strings.Contains(built.stderr, "warning") {
		t.Errorf("numpy can do without everything it lacks, and the build warns:\n%s", built.stderr)
	}
	r, err := report.Read(filepath.Join(dir, "r", "matrix.json"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, r, built.stdout
}

// ask runs llgo py with arguments.
func ask(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(llgo, append([]string{"py"}, args...)...)
	cmd.Dir = dir
	r := start(t, cmd)
	if r.code != 0 {
		t.Fatalf("llgo py %s: %v", strings.Join(args, " "), r)
	}
	return r.stdout
}

// Two builds of the same sources, in different places, report the same bytes.
func TestReportsAreReproducible(t *testing.T) {
	t.Parallel()
	first, r, table := reported(t, "--py-onedir")
	second, _, _ := reported(t, "--py-onedir")
	for _, name := range []string{"matrix.json", "matrix.html", "matrix.cdx.json"} {
		a, err := os.ReadFile(filepath.Join(first, "r", name))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(second, "r", name)); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: not the same twice (%v)", name, err)
		}
		for _, needle := range []string{filepath.Dir(first), os.Getenv("HOME") + "/"} {
			if needle != "/" && bytes.Contains(a, []byte(needle)) {
				t.Errorf("%s names %s", name, needle)
			}
		}
	}
	if written := sizeOf(t, filepath.Join(first, "out")); r.Program.Size != written {
		t.Errorf("the report counts %d bytes, written are %d", r.Program.Size, written)
	}
	if !strings.Contains(table, "| numpy 2.") || !strings.Contains(table, "| CPython 3.14.") || !strings.Contains(table, "| total\n") {
		t.Errorf("-size printed\n%s", table)
	}
	realReport(t, first, r)
}

func sizeOf(t *testing.T, dir string) (sum int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if info, infoErr := d.Info(); err == nil && infoErr == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// realReport looks at a report of a real build.
func realReport(t *testing.T, dir string, r *report.Report) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(root, "internal", "report", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "r", "matrix.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
	for _, m := range r.Missing {
		if m.Reason == "required" {
			t.Errorf("numpy works without %s", m.Module)
		}
	}
	const numpy = "python/lib/python3.14/site-packages/numpy"
	for question, want := range map[string][]string{
		"numpy._core._multiarray_umath": {"main.go:6:2 → numpy → ", " → numpy._core._multiarray_umath\n"},
		"openblas":                      {".go:", " → " + numpy + "/", ".so → " + numpy + ".libs/libscipy_openblas64_"},
		"METADATA":                      {"main.go:6:2 → numpy → distribution numpy → " + numpy + "-2."},
		"site":                          {"every interpreter at its start → site\n"},
		"yaml":                          {"yaml is not in the package: nobody has it; on every way to it", " → yaml (in a function)\n"},
		"_winapi":                       {"another system"},
		"numpy._core.add":               {"made at run time"},
	} {
		answer := ask(t, dir, "why", "-report", "r/matrix.json", question)
		for _, part := range want {
			if !strings.Contains(answer, part) {
				t.Errorf("why %s:\n%swant %q", question, answer, part)
			}
		}
	}
	if !slices.ContainsFunc(r.GoModules, func(m report.GoModule) bool {
		return m.Path == "github.com/ebitengine/purego" && strings.HasPrefix(m.Version, "v0.")
	}) {
		t.Errorf("Go modules: %v", r.GoModules)
	}
	if !slices.ContainsFunc(r.GoModules, func(m report.GoModule) bool { return m.Path == "github.com/goplus/lib" && m.Version != "" }) {
		t.Errorf("goplus/lib is not among the Go modules: %v", r.GoModules)
	}
	// Nothing is there without a reason.
	graph := report.NewGraph(r)
	for _, f := range r.Files {
		target, err := graph.Target(f.Path)
		if err != nil || len(graph.Why(target)) == 0 {
			t.Errorf("why %s: no chain (%v)", f.Path, err)
		}
	}
}

// The same questions without a build, and with the other layout.
func TestQuestionsAboutAPackage(t *testing.T) {
	t.Parallel()
	dir, r, table := reported(t, "--py-onefile", fast)
	if r.Program.Kind != report.Onefile || r.Program.Unpacked <= r.Program.Size || !strings.Contains(table, "matrix, compressed\n") {
		t.Errorf("report of one file: %+v\n%s", r.Program, table)
	}
	fi, err := os.Stat(filepath.Join(dir, "out", "matrix"))
	if err != nil || fi.Size() != r.Program.Size {
		t.Errorf("the report counts %d bytes, written are %v (%v)", r.Program.Size, fi, err)
	}
	for _, question := range [][]string{{"why", "-all", "numpy.linalg._umath_linalg"}, {"why", "openblas"}, {"tree"}} {
		of := append([]string{question[0], "-report", "r/matrix.json"}, question[1:]...)
		asked, reported := ask(t, dir, question...), ask(t, dir, of...)
		if asked != reported && question[0] != "tree" {
			t.Errorf("%s\n%sbut of the report\n%s", question, asked, reported)
		}
		if question[0] == "tree" && (!strings.HasPrefix(asked, "matrix  ") || !strings.Contains(asked, "── numpy 2.") || !strings.Contains(asked, "── CPython 3.14.")) {
			t.Errorf("tree:\n%s", asked)
		}
	}
}
