package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/leftout"
)

// Input is what a report is made of.
type Input struct {
	Program  Program // without sizes and sum, which the manifest has, unless they are set
	Manifest *bundle.Manifest
	Plan     *helper.Plan
	Linked   *helper.Linked
	Asked    []Asked
	// Added are the settings that add single files, by their source.
	Added map[string]string
	// Everything is the setting that takes all that is installed; "" without one.
	Everything string
	// Collected are packages of which a setting takes all modules, those of which
	// it takes data or libraries, and distributions of which it takes metadata.
	Collected, CollectedFiles, CollectedMetadata []Asked
	GoModules                                    []GoModule
	// LeftOut is what of the distributions was left out.
	LeftOut []leftout.Group
	// Packages are the packages of the build machine that libraries of Linked.Added
	// come from, by their Dest.
	Packages map[string]SystemPackage
}

// SystemPackage is a package of the build machine's operating system.
type SystemPackage struct {
	Name, Version, Arch string
}

// New makes a report.
func New(in Input) *Report {
	m := in.Manifest
	r := &Report{
		Format: Format, Version: Version, Tool: m.Tool, Program: in.Program, Python: m.Python,
		Components: []Component{}, GoModules: []GoModule{}, Missing: []Missing{}, Files: []File{}, LeftOut: []LeftOut{},
	}
	for _, g := range in.LeftOut {
		r.LeftOut = append(r.LeftOut, LeftOut(g))
	}
	r.GoModules = append(r.GoModules, in.GoModules...)
	r.Asked = append([]Asked{}, in.Asked...)
	r.Asked = append(r.Asked, unexplained(in)...)
	slices.SortStableFunc(r.Asked, func(a, b Asked) int { return cmp.Compare(a.Name, b.Name) })
	b := &build{Report: r, in: in, components: map[string]*Component{}, asked: map[string]string{}, set: map[string]string{}}
	for _, f := range in.Plan.Files {
		b.because(f.Dest, f)
	}
	if in.Linked != nil {
		b.becauseOfLinks()
	}
	b.files()
	b.modules()
	b.missing()
	b.finish()
	return r
}

// unexplained is what the program asks for and Input.Asked does not know of:
// modules of packages that a setting collects.
func unexplained(in Input) []Asked {
	known := map[string]bool{}
	for _, a := range in.Asked {
		for name := a.Name; name != ""; name = name[:max(0, strings.LastIndexByte(name, '.'))] {
			known[name] = true // a.b.c asks for a and a.b as well
		}
	}
	var list []Asked
	for _, im := range in.Plan.Imports {
		for _, at := range im.Importers {
			if in.Plan.Imports[at].Name == helper.ImportedByProgram && !known[im.Name] {
				list = append(list, Asked{im.Name, in.collects(im.Name)})
			}
		}
	}
	return list
}

// collects are the settings that take a module in.
func (in Input) collects(module string) []string {
	for _, c := range in.Collected {
		if strings.HasPrefix(module+".", c.Name+".") {
			return c.By
		}
	}
	return []string{cmp.Or(in.Everything, "settings of the build")}
}

// inPython is the path in the manifest of a file of the plan.
func inPython(dest string) string { return "python/" + dest }

// build is a report in the making.
type build struct {
	*Report
	in         Input
	components map[string]*Component
	asked      map[string]string // path → the module that asks for the file
	set        map[string]string // path → the setting that adds it
}

// because notes why a file of the plan is at a place.
func (b *build) because(at string, f helper.PlanFile) {
	b.asked[inPython(at)], b.set[inPython(at)] = f.AskedBy, b.in.Added[f.Source]
}

// becauseOfLinks notes the same of the files that links of layout farm lead to.
func (b *build) becauseOfLinks() {
	reals := map[string]string{}
	for _, l := range b.in.Linked.Files {
		reals[l.Dest] = l.Real
	}
	for _, f := range b.in.Plan.Files {
		if real := reals[f.Dest]; real != "" && b.asked[inPython(real)]+b.set[inPython(real)] == "" {
			b.because(real, f)
		}
	}
}

func (b *build) files() {
	m := b.in.Manifest
	needs := needed(b.in.Linked)
	var parts int64 // bytes of the modules in the module file
	for _, mapped := range m.Modules {
		b.addFile(bundle.Entry{
			Path: mapped.Path, Kind: bundle.Module, Origin: mapped.Origin, Distribution: mapped.Distribution,
			Module: mapped.Module, Size: mapped.Size, SHA256: mapped.SHA256,
		}, m.ModuleFile, nil)
		parts += mapped.Size
	}
	for _, e := range m.Files {
		if e.Path == m.ModuleFile {
			e.Size -= parts // modules that are equal may share their bytes
			e.Size = max(0, e.Size)
		}
		b.addFile(e, "", needs[e.Path])
		if e.Kind == bundle.Program {
			b.Program.SHA256 = e.SHA256
		}
	}
	slices.SortStableFunc(b.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	if b.Program.Size == 0 {
		b.Program.Size = b.Program.Unpacked
	}
}

func (b *build) addFile(e bundle.Entry, in string, needs []string) {
	c := b.componentOf(e)
	c.Files++
	c.Sizes.add(e.Kind, e.Size)
	b.Program.Unpacked += e.Size
	b.Files = append(b.Files, File{
		Path: e.Path, Kind: e.Kind, Component: c.ID, Module: strings.TrimSuffix(e.Module, ".__init__"),
		AskedBy: b.asked[e.Path], SetBy: cmp.Or(b.set[e.Path], b.collectedBy(e)), Needs: append([]string{}, needs...), Link: e.Link, In: in, Size: e.Size, SHA256: e.SHA256,
	})
}

func (s *Sizes) add(kind bundle.Kind, size int64) {
	switch kind {
	case bundle.Module, bundle.Source, bundle.ModuleFile:
		s.Python += size
	case bundle.Program, bundle.Interpreter, bundle.Extension, bundle.Library:
		s.Code += size
	default:
		s.Data += size
	}
	s.Total += size
}

// collectedBy is the setting that takes data along from where e lies.
func (b *build) collectedBy(e bundle.Entry) string {
	inside, ok := bundle.InSitePackages(e.Path)
	if !ok || e.Module != "" || b.asked[e.Path] != "" {
		return ""
	}
	name, isMetadata := inside, strings.Contains(inside, "-info/")
	if isMetadata {
		name, _, _ = strings.Cut(inside, "-")
	}
	for _, c := range b.in.CollectedMetadata {
		if isMetadata && normalized(name) == normalized(c.Name) {
			return strings.Join(c.By, ", ")
		}
	}
	for _, c := range b.in.CollectedFiles {
		if strings.HasPrefix(inside, strings.ReplaceAll(c.Name, ".", "/")+"/") {
			return strings.Join(c.By, ", ")
		}
	}
	return ""
}

// componentOf finds or makes the component that a file of the manifest is of.
func (b *build) componentOf(e bundle.Entry) *Component {
	c := b.newComponent(e)
	if known := b.components[c.ID]; known != nil {
		return known
	}
	c.Uses = []string{}
	b.components[c.ID] = &c
	return &c
}

func (b *build) newComponent(e bundle.Entry) Component {
	switch {
	case e.Distribution != "":
		for _, d := range b.in.Plan.Distributions {
			if d.Name == e.Distribution {
				return distribution(d)
			}
		}
		return distribution(helper.Distribution{Name: e.Distribution})
	case e.Origin == bundle.FromApp:
		return Component{ID: "program", Kind: TheProgram, Name: b.Program.Name}
	case e.Origin == bundle.FromTool:
		name, version, _ := strings.Cut(b.Tool, " ")
		return Component{ID: "tool", Kind: Generated, Name: name, Version: version, License: "Apache-2.0", SPDX: true}
	case e.Origin == bundle.FromSystem:
		return b.system(e.Path)
	}
	return Component{
		ID: "cpython", Kind: CPython, Name: "CPython", Version: b.Python.Version, License: "Python-2.0", SPDX: true,
		PURL: "pkg:generic/cpython@" + b.Python.Version,
	}
}

func distribution(d helper.Distribution) Component {
	name := normalized(d.Name)
	return Component{
		ID: "pypi/" + name, Kind: Distribution, Name: d.Name, Version: d.Version,
		License: cmp.Or(d.SPDX, d.License), SPDX: d.SPDX != "",
		PURL: "pkg:pypi/" + name + purlVersion(d.Version),
	}
}

// system is the component of a library of the build machine: its package, or
// itself where no package manager knows it.
func (b *build) system(path string) Component {
	p, ok := b.in.Packages[strings.TrimPrefix(path, "python/")]
	if !ok {
		name := path[strings.LastIndexByte(path, '/')+1:]
		return Component{ID: "system/" + name, Kind: System, Name: name}
	}
	return Component{
		ID: "deb/" + p.Name, Kind: System, Name: p.Name, Version: p.Version,
		PURL: "pkg:deb/debian/" + p.Name + purlVersion(p.Version) + "?arch=" + p.Arch,
	}
}

// modules turns the plan's graph, which is compact, into names.
func (b *build) modules() {
	owner := map[string]string{}
	for _, f := range b.Files {
		if f.Module != "" {
			owner[f.Module] = f.Component
		}
	}
	b.Modules = make([]Module, 0, len(b.in.Plan.Imports))
	for _, im := range b.in.Plan.Imports {
		m := Module{Name: im.Name, State: im.State, Component: owner[im.Name], Importers: map[string][]string{}}
		for i, at := range im.Importers {
			how := hows[im.How[i]]
			m.Importers[how] = append(m.Importers[how], b.in.Plan.Imports[at].Name)
		}
		b.Modules = append(b.Modules, m)
	}
	b.unknownModules(owner)
}

// unknownModules are those that no analysis of imports found: the run-time hooks,
// which every start imports, and what the setting for everything takes along.
func (b *build) unknownModules(owner map[string]string) {
	known := map[string]bool{}
	for _, m := range b.Modules {
		known[m.Name] = true
	}
	for _, f := range b.Files {
		if f.Module == "" || known[f.Module] {
			continue
		}
		known[f.Module] = true
		m := Module{Name: f.Module, Component: owner[f.Module], Importers: map[string][]string{}}
		if b.in.Everything != "" && !strings.HasPrefix(f.Module, startPackage) {
			b.Asked = append(b.Asked, Asked{f.Module, []string{b.in.Everything}})
		} else {
			m.Importers[byImport] = []string{helper.ImportedByStartup}
		}
		b.Modules = append(b.Modules, m)
	}
	slices.SortStableFunc(b.Modules, func(a, b Module) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(b.Asked, func(a, b Asked) int { return cmp.Compare(a.Name, b.Name) })
}

// startPackage is the package of run-time hooks; pyhelper/analysis/runtimehooks.py makes it.
const startPackage = "_llgo_start"

// The ways in which a module is imported, as reports name them.
const (
	byImport = "import"
	byTry    = "try"
	byIf     = "if"
	byDef    = "def"
	byHook   = "hook"
	byStub   = "stub"
	byPart   = "part"
)

// hows names the letters of helper.Imported.How.
var hows = map[byte]string{'i': byImport, 't': byTry, 'c': byIf, 'd': byDef, 'h': byHook, 's': byStub, 'p': byPart}

func (b *build) missing() {
	for _, m := range b.in.Plan.Missing {
		b.Missing = append(b.Missing, Missing{m.Module, m.Reason, append([]string{}, m.Importers...)})
	}
}

// finish sorts the components and says which uses which.
func (b *build) finish() {
	uses := map[[2]string]bool{}
	use := func(from, to string) {
		if c := b.components[from]; c != nil && to != "" && from != to && !uses[[2]string{from, to}] {
			uses[[2]string{from, to}] = true
			c.Uses = append(c.Uses, to)
		}
	}
	owner := map[string]string{}
	for _, m := range b.Modules {
		owner[m.Name] = m.Component
	}
	for _, a := range b.Asked {
		if b.components["program"] == nil {
			b.components["program"] = &Component{ID: "program", Kind: TheProgram, Name: b.Program.Name, Uses: []string{}}
		}
		use("program", owner[a.Name])
	}
	for _, m := range b.Modules {
		for how, importers := range m.Importers {
			for _, by := range importers {
				if how != byStub {
					use(ownerOf(owner, by), m.Component)
				}
			}
		}
	}
	b.useFiles(use)
	for _, c := range b.components {
		slices.Sort(c.Uses)
		b.Components = append(b.Components, *c)
	}
	slices.SortFunc(b.Components, func(a, b Component) int { return cmp.Compare(a.ID, b.ID) })
}

// ownerOf is the component of an importer: the program for what stands for it.
func ownerOf(owner map[string]string, importer string) string {
	if importer == helper.ImportedByProgram || strings.HasPrefix(importer, "<snippet:") {
		return "program"
	}
	return owner[importer]
}

// useFiles says which components are linked with which.
func (b *build) useFiles(use func(from, to string)) {
	at := map[string]string{}
	for _, f := range b.Files {
		at[f.Path] = f.Component
	}
	for _, f := range b.Files {
		for _, path := range f.Needs {
			use(f.Component, at[path])
		}
	}
}

// normalized is the name of a distribution as PyPI and package URLs have it
// (PEP 503).
func normalized(name string) string {
	fields := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return strings.Join(fields, "-")
}
