// Package report is what a build can say about itself: of what the program
// consists, how big each part is, and for every module and file which line of Go
// it is there for.
//
// A Report is one value with several renderings, none of which knows more than
// it holds: JSON (schema.json), an HTML page with a treemap, a CycloneDX bill of
// materials, a table of sizes like llgo's, chains of reasons (Graph), a tree of
// components. So all but the first can be made from a report in JSON, later and
// elsewhere.
//
// A report holds no time and no path of the build machine: the same sources give
// the same bytes.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// Format and Version mark a report. Fields may be added without a new version;
// readers refuse what is newer.
const (
	Format  = "llgo-py-report"
	Version = 1
)

// Report is the whole of it. Lists are sorted and never null in JSON.
type Report struct {
	Format     string        `json:"format"`
	Version    int           `json:"version"`
	Tool       string        `json:"tool"` // "llgo-py 0.1.0"
	Program    Program       `json:"program"`
	Python     bundle.Python `json:"python"`
	Components []Component   `json:"components"` // by ID
	GoModules  []GoModule    `json:"go_modules"` // in the executable, by path
	Asked      []Asked       `json:"asked"`      // by what the program asks for, by name
	Modules    []Module      `json:"modules"`    // the graph of imports, by name
	Missing    []Missing     `json:"missing"`    // by name
	Files      []File        `json:"files"`      // by path
	LeftOut    []LeftOut     `json:"left_out"`   // of what is installed
}

// LeftOut is what of installed distributions does not travel, and why.
type LeftOut struct {
	Name  string `json:"name"` // "tests", as --py-keep takes it, or "symbols"
	Why   string `json:"why"`
	Files int    `json:"files"`
	Size  int64  `json:"size"` // bytes on the disk of the build machine
}

// Program is what was built.
type Program struct {
	Name     string `json:"name"`     // file name
	Package  string `json:"package"`  // import path of the main package
	Kind     Layout `json:"kind"`     //
	Compiler string `json:"compiler"` // "go", "llgo"
	Go       string `json:"go"`       // version of Go that the executable names; "" if it names none
	Size     int64  `json:"size"`     // bytes of all that was written
	Unpacked int64  `json:"unpacked"` // bytes of all files of Report.Files
	SHA256   string `json:"sha256"`   // of the executable; "" without one
}

// Layout is the form in which a program was written.
type Layout string

// The layouts.
const (
	Onedir   Layout = "onedir"
	Onefile  Layout = "onefile"
	Analysis Layout = "analysis" // nothing was built: what would be packaged
)

// ComponentKind is what sort of thing files come from.
type ComponentKind string

// The kinds of components.
const (
	TheProgram   ComponentKind = "program"      // the executable and Python modules of its own
	CPython      ComponentKind = "cpython"      // the interpreter and its library
	Distribution ComponentKind = "distribution" // an installed Python distribution
	System       ComponentKind = "system"       // a library of the build machine
	Generated    ComponentKind = "tool"         // made by this tool
)

// Component is something with a version and a licence that files come from.
type Component struct {
	ID      string        `json:"id"` // "pypi/numpy"; unique
	Kind    ComponentKind `json:"kind"`
	Name    string        `json:"name"`
	Version string        `json:"version"` // "" if nobody knows
	License string        `json:"license"` // what the metadata says; "" if unknown
	SPDX    bool          `json:"spdx"`    // License is an SPDX expression
	PURL    string        `json:"purl"`    // package URL; "" where there is none
	Files   int           `json:"files"`
	Sizes   Sizes         `json:"sizes"`
	Uses    []string      `json:"uses"` // IDs of components that it imports or is linked with
}

// Sizes are bytes by what they are, as written; of a program of one file unpacked.
type Sizes struct {
	Code   int64 `json:"code"`   // machine code: the executable, extension modules, libraries
	Python int64 `json:"python"` // byte code and source
	Data   int64 `json:"data"`
	Total  int64 `json:"total"`
}

// GoModule is a Go module that the executable is built from.
type GoModule struct {
	Path    string `json:"path"`
	Version string `json:"version"` // "" for the main module, and one that a directory replaces
}

// Asked is a module that the program asks for: by its lines, or by a setting.
type Asked struct {
	Name string   `json:"name"` // as in Module.Name: a module or "<snippet:…>"
	By   []string `json:"by"`   // "main.go:12:2", "--py-hidden-import"
}

// Module is a Python module and who imports it.
type Module struct {
	Name      string `json:"name"`
	State     string `json:"state"`     // "", "missing", "invalid", "excluded"
	Component string `json:"component"` // "" if it has no file
	// Importers are the names of those that import it, by how: "import" plainly,
	// "try", "if", "def" inside of one, "hook" of PyInstaller, "stub" of an
	// extension module, "part" of this package.
	Importers map[string][]string `json:"importers"`
}

// Missing is a module that someone imports and nobody has.
type Missing struct {
	Module    string        `json:"module"`
	Reason    helper.Reason `json:"reason"`
	Importers []string      `json:"importers"`
}

// File is one file or link of the package.
type File struct {
	Path      string      `json:"path"` // as in manifest.json
	Kind      bundle.Kind `json:"kind"`
	Component string      `json:"component"`
	Module    string      `json:"module"`   // the module it is
	AskedBy   string      `json:"asked_by"` // the module whose hook or use of ctypes asks for it
	SetBy     string      `json:"set_by"`   // the setting that adds it: "--py-add-data", "pyproject.toml:7"
	Needs     []string    `json:"needs"`    // paths of the libraries it is linked with
	Link      string      `json:"link"`     // target of a link
	In        string      `json:"in"`       // path of the file that it is a part of; "" for one of its own
	Size      int64       `json:"size"`     // bytes, without those of its parts
	SHA256    string      `json:"sha256"`   // "" for a link
}

// Encode returns the report as indented JSON.
func (r *Report) Encode() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // "<program>" is easier to read so
	enc.SetIndent("", " ")
	err := enc.Encode(r)
	return out.Bytes(), err
}

// Read reads a report in JSON from a file.
func Read(name string) (*Report, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if err := json.Unmarshal(data, r); err != nil || r.Format != Format {
		return nil, fmt.Errorf("%s: not a build report in JSON (llgo build --py-report FILE.json)", name)
	}
	if r.Version > Version {
		return nil, fmt.Errorf("%s: report version %d is newer than this program, which knows %d", name, r.Version, Version)
	}
	return r, nil
}

// component returns the component of that ID, nil if there is none.
func (r *Report) component(id string) *Component {
	for i := range r.Components {
		if r.Components[i].ID == id {
			return &r.Components[i]
		}
	}
	return nil
}
