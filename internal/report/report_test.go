package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// valid checks a document against a schema.
func valid(t *testing.T, schema *jsonschema.Schema, data []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
}

func TestJSONIsOfItsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := sample().Encode()
	if err != nil {
		t.Fatal(err)
	}
	valid(t, schema, data)

	// An empty one has no null in it either.
	in := sampleInput()
	in.Manifest.Files, in.Asked, in.GoModules, in.Linked = nil, nil, nil, nil
	in.Plan.Imports, in.Plan.Missing = nil, nil
	if data, err = New(in).Encode(); err != nil {
		t.Fatal(err)
	}
	valid(t, schema, data)

	// And the schema is one that can fail.
	broken := bytes.Replace(data, []byte(`"onedir"`), []byte(`"onedri"`), 1)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(broken))
	if err != nil || schema.Validate(doc) == nil {
		t.Errorf("a wrong kind is valid (%v)", err)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	name := filepath.Join(t.TempDir(), "sub", "r.json")
	want := sample()
	if err := want.WriteFile(name); err != nil {
		t.Fatal(err)
	}
	got, err := Read(name)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v\nwant %+v", got, err, want)
	}
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"{":                           "not a build report in JSON",
		`{"format":"llgo-py-onedir"}`: "not a build report in JSON",
		`{"format":"llgo-py-report","version":2}`: "report version 2 is newer than this program, which knows 1",
	} {
		name := filepath.Join(dir, "r.json")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read of %s: %v", text, err)
		}
	}
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{"a.json": true, "a.cdx.json": true, "/x/a.html": true, "a.txt": false, "json": false} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("CheckName(%s) = %v", name, err)
		}
		if err := sample().WriteFile(filepath.Join(t.TempDir(), name)); (err == nil) != ok {
			t.Errorf("WriteFile(%s) = %v", name, err)
		}
	}
}

// Maps have no order; reports have.
func TestTheSameTwice(t *testing.T) {
	for what, render := range map[string]func(*Report) ([]byte, error){"json": (*Report).Encode, "html": (*Report).HTML, "sbom": (*Report).SBOM} {
		first, err := render(sample())
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if again, err := render(sample()); err != nil || !bytes.Equal(again, first) {
				t.Errorf("%s: not the same twice (%v)", what, err)
			}
		}
	}
}

func TestComponents(t *testing.T) {
	r := sample()
	got := map[string]string{}
	for _, c := range r.Components {
		got[c.ID] = strings.Join(append([]string{c.PURL}, c.Uses...), " ")
	}
	want := map[string]string{
		"program":    " pypi/certs pypi/fast",
		"cpython":    "pkg:generic/cpython@3.14.6",
		"deb/zlib1g": "pkg:deb/debian/zlib1g@1%3A1.2.13%2Bb1?arch=amd64",
		"pypi/certs": "pkg:pypi/certs@2026.1",
		"pypi/fast":  "pkg:pypi/fast@1.0%2Blocal cpython deb/zlib1g pypi/slow",
		"pypi/slow":  "pkg:pypi/slow@2 pypi/certs",
		"tool":       "",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("components\n%v\nwant\n%v", got, want)
	}
	if c := r.component("pypi/fast"); c.Sizes != (Sizes{Code: 500, Python: 70, Data: 20, Total: 590}) || c.Files != 4 {
		t.Errorf("fast: %+v", c)
	}
}

func TestSizes(t *testing.T) {
	var text bytes.Buffer
	if err := sample().WriteSizes(&text, "dist/app", ByModule); err != nil {
		t.Fatal(err)
	}
	want := `
Size report for dist/app
     code    python      data |      total | module
----------------------------- | ---------- | ----------------
     2000       300         0 |       2300 | CPython 3.14.6
     1000         0         0 |       1000 | app
      500        70        20 |        590 | fast 1.0+local
        0        10       400 |        410 | Certs 2026.1
        0        60         0 |         60 | slow 2
       50         0         0 |         50 | zlib1g 1:1.2.13+b1
        0         0         0 |          0 | llgo-py 0.1.0
----------------------------- | ---------- | ----------------
     3550       440       420 |       4410 | total
`
	if text.String() != want {
		t.Errorf("got:%s\nwant:%s", text.String(), want)
	}
	var doc struct {
		Binary  string
		Modules []Size
		Total   Size
	}
	text.Reset()
	if err := sample().WriteSizesJSON(&text, "dist/app", ByPackage); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	names := map[string]int64{}
	for _, m := range doc.Modules {
		names[m.Name] = m.Total
	}
	if doc.Binary != "dist/app" || doc.Total.Name != "total" || doc.Total.Total != 4410 || names["fast._c"] != 500 || names["python/lib/libz.so.1"] != 50 {
		t.Errorf("sizes as JSON: %+v", doc)
	}
	if lines := sample().SizesBy(ByFile); len(lines) != len(sample().Files) || lines[0].Name != "python/lib/libpython3.14.so.1.0" {
		t.Errorf("sizes of files: %+v", lines)
	}
}

// Modules that are parts of one file are files of a report all the same.
func TestMappedModules(t *testing.T) {
	in := sampleInput()
	m := in.Manifest
	m.ModuleFile = "python/lib/python3.14/modules"
	var kept []bundle.Entry
	total := New(sampleInput()).total()
	for _, e := range m.Files {
		if e.Kind != bundle.Module {
			kept = append(kept, e)
			continue
		}
		m.Modules = append(m.Modules, bundle.Mapped{
			Path: e.Path, Module: e.Module, Origin: e.Origin, Distribution: e.Distribution, Size: e.Size, SHA256: e.SHA256,
		})
	}
	m.Files = append(kept, bundle.Entry{Path: m.ModuleFile, Kind: bundle.ModuleFile, Origin: bundle.FromTool, Size: total.Python + 64, SHA256: sum})
	r := New(in)
	if got, want := r.total(), total.Python+64; got.Python != want {
		t.Errorf("Python is %d bytes, want %d", got.Python, want)
	}
	if c := r.component("pypi/fast"); c.Sizes.Python != 70 || c.Files != 4 {
		t.Errorf("fast: %+v", c)
	}
	g := NewGraph(r)
	target, err := g.Target("fast/lazy.pyc")
	if err != nil || len(g.Why(target)) != 2 {
		t.Errorf("why fast/lazy.pyc: %v %v", g.Why(target), err)
	}
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	valid(t, schema, data)
}

func TestTree(t *testing.T) {
	show := func(depth int) string {
		var lines []string
		for _, b := range sample().Tree(depth) {
			line := strings.Repeat("  ", b.Depth-1) + b.Component.Name
			if b.Again {
				line += " again"
			}
			if b.Deeper > 0 {
				line += " …"
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	if got, want := show(0), "CPython\nfast\n  slow\n    Certs\n  zlib1g\nCerts\nllgo-py"; got != want {
		t.Errorf("tree:\n%s\nwant:\n%s", got, want)
	}
	if got, want := show(1), "CPython\nfast …\nCerts\nllgo-py"; got != want {
		t.Errorf("tree to depth 1:\n%s\nwant:\n%s", got, want)
	}
}

// TestFarm: a real is needed under the names of its links, and why it is there is known.
func TestFarm(t *testing.T) {
	in := sampleInput()
	in.Manifest.Layout = bundle.Farm
	in.Plan.Files = []helper.PlanFile{{Dest: "site-packages/p1/fast/_c.so", AskedBy: "fast"}}
	in.Linked = &helper.Linked{
		Files: []helper.LinkedFile{
			{Dest: "site-packages/p1/fast/_c.so", Real: "reals/r/_c.so", Needed: []string{"libz.so.1"}, RunPath: []string{"$ORIGIN/../../symlinks", "$ORIGIN/../../../symlinks"}},
			{Dest: "ld_library_paths/l/libz.so.1", Real: "reals/r/libz.so.1", SONAME: "libz.so.1"},
			{Dest: "site-packages/p1/own/libz.so.1", Real: "reals/r/own.libz.so.1", SONAME: "libz.so.1"},
		},
		Names: []helper.Name{{Dest: "symlinks/libz.so.1", Target: "../reals/r/libz.so.1"}},
	}
	in.Manifest.Files = append(in.Manifest.Files, bundle.Entry{Path: "python/reals/r/_c.so", Kind: bundle.Extension, Distribution: "fast", Module: "fast._c", Size: 500})
	if needs := needed(in.Linked)["python/reals/r/_c.so"]; !reflect.DeepEqual(needs, []string{"python/reals/r/libz.so.1"}) {
		t.Errorf("needs %v", needs)
	}
	in.Manifest.Files = append(in.Manifest.Files, bundle.Entry{Path: "python/reals/r/_d.so", Kind: bundle.Extension, Distribution: "fast"},
		bundle.Entry{Path: "python/site-packages/p1/fast/_d.so", Kind: bundle.Symlink, Link: "../../../reals/r/_d.so"})
	r := New(in)
	if target, err := NewGraph(r).Target("_d.so"); err != nil || target.Name() != "python/reals/r/_d.so" {
		t.Errorf("_d.so is %s, %v", target.Name(), err)
	}
	for _, f := range r.Files {
		if f.Path == "python/reals/r/_c.so" && (f.AskedBy != "fast" || len(f.Needs) != 1) {
			t.Errorf("%+v", f)
		}
	}
}
