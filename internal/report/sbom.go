package report

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
)

// SBOM returns the report as a CycloneDX 1.6 bill of materials in JSON: what is
// bundled, of which version and licence, and what uses what. The files of a
// component are listed below it with their hashes. It has no serial number and
// no time, so the same program has the same bill.
func (r *Report) SBOM() ([]byte, error) {
	bom := cdx.NewBOM()
	main := r.mainComponent()
	bom.Metadata = &cdx.Metadata{Component: &main, Tools: r.tools()}
	components, dependencies := []cdx.Component{}, []cdx.Dependency{}
	for i := range r.Components {
		c := &r.Components[i]
		if c.ID != "program" {
			components = append(components, r.bomComponent(c))
		}
		dependencies = append(dependencies, cdx.Dependency{Ref: c.ID, Dependencies: r.dependsOn(c)})
	}
	for _, m := range r.goComponents() {
		components = append(components, m)
		dependencies = append(dependencies, cdx.Dependency{Ref: m.BOMRef})
	}
	bom.Components, bom.Dependencies = &components, &dependencies
	var out bytes.Buffer
	err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}

func (r *Report) mainComponent() cdx.Component {
	c := cdx.Component{BOMRef: "program", Type: cdx.ComponentTypeApplication, Name: r.Program.Name}
	c.Properties = &[]cdx.Property{
		{Name: "llgo-py:package", Value: r.Program.Package},
		{Name: "llgo-py:layout", Value: string(r.Program.Kind)},
		{Name: "llgo-py:size", Value: strconv.FormatInt(r.Program.Size, 10)},
	}
	if r.Program.SHA256 != "" {
		c.Hashes = hashes(r.Program.SHA256)
	}
	if own := r.component("program"); own != nil {
		c.Components = r.bomFiles(own)
	}
	return c
}

func (r *Report) tools() *cdx.ToolsChoice {
	name, version, _ := strings.Cut(r.Tool, " ")
	return &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: name, Version: version}}}
}

func (r *Report) bomComponent(c *Component) cdx.Component {
	kind := cdx.ComponentTypeLibrary
	if c.Kind == CPython {
		kind = cdx.ComponentTypePlatform
	}
	return cdx.Component{
		BOMRef: c.ID, Type: kind, Name: c.Name, Version: c.Version, PackageURL: c.PURL,
		Licenses: licenses(c), Components: r.bomFiles(c),
		Properties: &[]cdx.Property{{Name: "llgo-py:size", Value: strconv.FormatInt(c.Sizes.Total, 10)}},
	}
}

// bomFiles are the files of a component that can be compared with what is on a
// disk: no parts of a file. Of the standard library, which is known as a whole,
// native files only.
func (r *Report) bomFiles(c *Component) *[]cdx.Component {
	list := []cdx.Component{}
	for _, f := range r.Files {
		python := f.Kind == bundle.Module || f.Kind == bundle.Source
		if f.Component != c.ID || f.SHA256 == "" || f.In != "" || c.Kind == CPython && python {
			continue
		}
		list = append(list, cdx.Component{
			BOMRef: "file:" + f.Path, Type: cdx.ComponentTypeFile, Name: f.Path, Hashes: hashes(f.SHA256),
		})
	}
	if len(list) == 0 {
		return nil
	}
	return &list
}

func hashes(sha256 string) *[]cdx.Hash {
	return &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: sha256}}
}

// licenses says what is known: an expression where it is one, else the words of
// the metadata. An unknown licence is left out, as the format has it.
func licenses(c *Component) *cdx.Licenses {
	switch {
	case c.License == "":
		return nil
	case c.SPDX:
		return &cdx.Licenses{{Expression: c.License}}
	}
	return &cdx.Licenses{{License: &cdx.License{Name: c.License}}}
}

func (r *Report) dependsOn(c *Component) *[]string {
	list := slices.Clone(c.Uses)
	if c.ID == "program" {
		for _, m := range r.goComponents() {
			list = append(list, m.BOMRef)
		}
	}
	list = slices.DeleteFunc(list, func(id string) bool { return id == c.ID })
	slices.Sort(list)
	list = slices.Compact(list)
	return &list
}

// goComponents are the Go modules of the executable and Go's standard library.
func (r *Report) goComponents() []cdx.Component {
	var list []cdx.Component
	for _, m := range r.GoModules {
		if m.Version == "" && strings.HasPrefix(r.Program.Package+"/", m.Path+"/") {
			continue // the program itself
		}
		list = append(list, goComponent(m.Path, m.Version))
	}
	if v, ok := strings.CutPrefix(r.Program.Go, "go"); ok {
		list = append(list, goComponent("std", v))
	}
	return list
}

func goComponent(path, version string) cdx.Component {
	purl := "pkg:golang/" + strings.ToLower(path) + purlVersion(version)
	return cdx.Component{BOMRef: "go/" + path, Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: purl}
}
