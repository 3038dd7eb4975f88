package render

import (
	"bytes"
	"encoding/xml"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	// Carries the schema of SARIF 2.1.0, as the text of a constant.
	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

var update = flag.Bool("update", false, "write the golden files again")

// tell plays a check that found something of every kind, with the characters that
// one format or another has to escape.
func tell(t *testing.T, h finding.Handler) {
	t.Helper()
	rules := []finding.Rule{
		{ID: "library-not-found", Severity: finding.Error, What: "a library is missing", Why: "it does not load", Mend: "bundle it"},
		{ID: "build-path", Severity: finding.Warning, What: "a path", Why: "it tells", Mend: "trim it", Limits: "no other"},
		{ID: "relro-missing", Severity: finding.Note, What: "no RELRO", Why: "hardening", Mend: "-z relro"},
	}
	onedir := &finding.Container{Path: "dist/größe 1", Kind: "onedir", Target: "glibc:2.31"}
	wheel := &finding.Container{Path: "a,b:c%-1-py3-none-any.whl", Kind: "wheel", Packed: true}
	one := func(c *finding.Container, rule string, severity finding.Severity, path, subject, text string, known bool) *finding.Finding {
		return &finding.Finding{Rule: rule, Severity: severity, Container: c.Path, Path: path, Subject: subject, Text: text, Known: known}
	}
	summary := &finding.Summary{Containers: 2, Stale: 1, Failed: true}
	steps := []error{h.Config(&finding.Config{Tool: "llgo-py", Version: "0.1.0", Target: "glibc:2.31", FailOn: "error", Rules: rules}), h.Container(onedir)}
	say := func(f *finding.Finding) {
		summary.Add(f)
		steps = append(steps, h.Finding(f))
	}
	say(one(onedir, "library-not-found", finding.Error, "", "", "about the whole", false))
	say(one(onedir, "library-not-found", finding.Error, "python/lib/liba b.so", "libx.so.1", `needs "libx.so.1" <100% & nowhere>`, false))
	say(one(onedir, "build-path", finding.Warning, "python/lib/liba b.so", "/home/me", "names /home/me", true))
	steps = append(steps, h.Verdict(&finding.Verdict{
		Container: onedir.Path, Platforms: []string{"linux x86_64"}, Python: "3.14.6", Tag: "manylinux_2_17_x86_64", Files: 9, Binaries: 2,
		Floors:    []finding.Floor{{Name: "GLIBC", Version: "2.14", Path: "python/lib/liba b.so", Symbol: "memcpy"}},
		Libraries: []string{"libc.so.6", "libm.so.6"},
	}), h.Container(wheel))
	say(one(wheel, "build-path", finding.Warning, "a/b.so", "/home/me", "names /home/me", false))
	say(one(wheel, "relro-missing", finding.Note, "a/c.so", "", "has no RELRO", false))
	steps = append(steps, h.Verdict(&finding.Verdict{Container: wheel.Path}), h.Summary(summary))
	for _, err := range steps {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func rendered(t *testing.T, format string) []byte {
	t.Helper()
	var out bytes.Buffer
	h, err := New(format, &out)
	if err != nil {
		t.Fatal(err)
	}
	tell(t, h)
	return out.Bytes()
}

// TestGolden: each format is, byte for byte, what testdata has, and so the same in
// each run. Use -update after a change, and read the difference.
func TestGolden(t *testing.T) {
	for _, format := range Formats() {
		got := rendered(t, format)
		file := filepath.Join("testdata", format+".golden")
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is now:\n%s", format, got)
		}
	}
	if _, err := New("html", nil); err == nil || !strings.Contains(err.Error(), "github, json, junit, sarif, text") {
		t.Errorf("an unknown format: %v", err)
	}
}

// TestTee: what is told to several renderers reaches each of them.
func TestTee(t *testing.T) {
	var one, two bytes.Buffer
	tell(t, finding.Tee{newJSON(&one), &text{w: &two}})
	if !bytes.Equal(one.Bytes(), rendered(t, "json")) || !bytes.Equal(two.Bytes(), rendered(t, "text")) {
		t.Error("the renderers were told something else together than alone")
	}
}

// TestJSONSchema: every line is valid, and a line with something missing is not.
func TestJSONSchema(t *testing.T) {
	schema := compile(t, string(Schema))
	lines := bytes.Split(bytes.TrimSpace(rendered(t, "json")), []byte("\n"))
	if len(lines) != 11 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if err := schema.Validate(decode(t, line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if err := schema.Validate(decode(t, []byte(`{"type":"finding","rule":"build-path"}`))); err == nil {
		t.Error("half a finding is valid")
	}
}

// TestSARIFSchema: the log is valid SARIF 2.1.0, with and without results.
func TestSARIFSchema(t *testing.T) {
	schema := compile(t, sarifSchemaText(t))
	if err := schema.Validate(decode(t, rendered(t, "sarif"))); err != nil {
		t.Error(err)
	}
	var out bytes.Buffer
	h := &sarif{w: &out}
	_, _ = h.Config(&finding.Config{Tool: "llgo-py", Version: "0.1.0"}), h.Summary(&finding.Summary{})
	if err := schema.Validate(decode(t, out.Bytes())); err != nil {
		t.Errorf("a log of nothing: %v", err)
	}
	wrong := bytes.Replace(rendered(t, "sarif"), []byte(`"level": "error"`), []byte(`"level": "fatal"`), 1)
	if err := schema.Validate(decode(t, wrong)); err == nil {
		t.Error("a level that is none is valid")
	}
}

// TestJUnit: counts agree with what is there; what is known or below --fail-on does
// not fail.
func TestJUnit(t *testing.T) {
	var got junitSuites
	if err := xml.Unmarshal(rendered(t, "junit"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 6 || got.Failures != 1 || len(got.Suites) != 2 {
		t.Errorf("%d tests, %d failures, %d suites", got.Tests, got.Failures, len(got.Suites))
	}
	if s := got.Suites[0]; s.Skipped != 1 || s.Cases[1].Skipped == nil || s.Cases[0].Failure == nil {
		t.Errorf("%+v", s)
	}
	if s := got.Suites[1]; s.Failures != 0 || !strings.Contains(s.Cases[1].Output, "names /home/me") {
		t.Errorf("%+v", s)
	}
}

func compile(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:schema", decode(t, []byte(text))); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("mem:schema")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return v
}

// sarifSchemaText takes the schema out of the source of the module that carries it:
// the constant is not exported.
func sarifSchemaText(t *testing.T) string {
	t.Helper()
	const module = "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && len(lit.Value) > len(text) {
			text = lit.Value
		}
		return true
	})
	text, err = strconv.Unquote(text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
