package report

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// official compiles the schema of CycloneDX 1.6, which comes in the module of the
// library that writes it.
func official(t *testing.T) *jsonschema.Schema {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "schema")
	compiler := jsonschema.NewCompiler()
	load := jsonschema.FileLoader{}
	for _, name := range []string{"bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schemax.json"} {
		doc, err := load.Load("file://" + filepath.ToSlash(filepath.Join(dir, name)))
		if err != nil {
			t.Fatal(err)
		}
		url := "http://cyclonedx.org/schema/" + strings.Replace(name, "schemax", "schema", 1)
		if err := compiler.AddResource(url, doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSBOMIsCycloneDX(t *testing.T) {
	data, err := sample().SBOM()
	if err != nil {
		t.Fatal(err)
	}
	valid(t, official(t), data)
}

func TestSBOM(t *testing.T) {
	data, err := sample().SBOM()
	if err != nil {
		t.Fatal(err)
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(data), cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if bom.SpecVersion != cdx.SpecVersion1_6 || bom.Metadata.Component.Name != "app" || bom.Metadata.Timestamp != "" || bom.SerialNumber != "" {
		t.Errorf("head: %v %+v", bom.SpecVersion, bom.Metadata)
	}
	byRef := map[string]cdx.Component{}
	for _, c := range *bom.Components {
		byRef[c.BOMRef] = c
	}
	fast, certs := byRef["pypi/fast"], byRef["pypi/certs"]
	if fast.PackageURL != "pkg:pypi/fast@1.0%2Blocal" || (*fast.Licenses)[0].Expression != "MIT" {
		t.Errorf("fast: %+v", fast)
	}
	if files := *fast.Components; len(files) != 4 || (*files[0].Hashes)[0].Value != sum {
		t.Errorf("files of fast: %+v", files)
	}
	if (*certs.Licenses)[0].License.Name != "Mozilla <Public> License" {
		t.Errorf("licence of certs: %+v", certs.Licenses)
	}
	if byRef["pypi/slow"].Licenses != nil {
		t.Error("a licence that nobody knows is given")
	}
	if byRef["go/github.com/Some/Lib"].PackageURL != "pkg:golang/github.com/some/lib@v1.2.3" || byRef["go/std"].Version != "1.26.0" {
		t.Errorf("Go modules: %+v", byRef)
	}
	if _, ok := byRef["go/example.com/app"]; ok {
		t.Error("the program is a component of itself")
	}
	for _, d := range *bom.Dependencies {
		if d.Ref == "program" && strings.Join(*d.Dependencies, " ") != "go/github.com/Some/Lib go/std pypi/certs pypi/fast" {
			t.Errorf("the program depends on %v", *d.Dependencies)
		}
	}
}
