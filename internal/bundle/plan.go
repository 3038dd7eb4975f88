package bundle

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylauncher"
)

// pythonDir and manifestName are the names of the tree's own.
const (
	pythonDir    = "python"
	manifestName = "manifest.json"
)

// A Plan is a tree that can be written: all that depends on the input alone has
// been checked.
type Plan struct {
	// Warnings are things that work here and may not elsewhere, one line each.
	Warnings []string

	manifest Manifest // without sizes and sums
	items    []item
	sums     map[string]string // Input.Sums
}

// An item is one file or link to write.
type item struct {
	Entry
	source string // what to copy
	data   []byte // or what to write, if there is no source
	exec   bool
}

// NewPlan checks the input: sources are there and readable, destinations are
// unique, clean, inside python/ and below directories only, links lead to
// something in the tree. The error is one line that names the first problem.
func NewPlan(in Input) (*Plan, error) {
	p := &Plan{manifest: Manifest{
		Format: manifestFormat, Version: manifestVersion, Tool: in.Tool,
		Program: in.Name, Python: in.Python, Layout: in.Layout, Distributions: slices.Clone(in.Distributions),
	}, sums: in.Sums}
	if err := checkNames(in); err != nil {
		return nil, err
	}
	if err := p.addOwn(in); err != nil {
		return nil, err
	}
	for _, f := range in.Files {
		p.addFile(f)
	}
	p.addModules(in)
	slices.SortStableFunc(p.items, func(a, b item) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(p.manifest.Distributions, func(a, b Distribution) int { return cmp.Compare(a.Name, b.Name) })
	return p, p.check(in)
}

// Len is how many files and links the tree has, the manifest aside.
func (p *Plan) Len() int { return len(p.items) }

// checkNames checks the names that become file names.
func checkNames(in Input) error {
	if in.Name == pythonDir {
		return fmt.Errorf("a program cannot be named %q, as the directory beside it; choose another name with -o", in.Name)
	}
	for _, name := range []string{in.Name, in.Python.LibDir, in.Python.SONAME} {
		if strings.Contains(name, "/") || !cleanPath(name) {
			return fmt.Errorf("packaging: %q is not a file name", name)
		}
	}
	return nil
}

// addOwn adds what no analysis finds: the program, libpython, the interpreter.
func (p *Plan) addOwn(in Input) error {
	if !in.NoProgram {
		p.items = append(p.items, item{
			Entry:  Entry{Path: in.Name, Kind: Program, Origin: FromApp},
			source: in.Exe, exec: true,
		})
	}
	library := File{Dest: "lib/" + in.Python.SONAME, Source: in.LibPython, Kind: Library, Origin: FromCPython}
	if in.LibPythonDest != "" {
		p.addFile(File{Dest: library.Dest, Kind: Symlink, Target: Relative("lib", in.LibPythonDest), Origin: FromTool})
		library.Dest = in.LibPythonDest
	}
	p.addFile(library)
	if in.NoInterpreter {
		return nil
	}
	interpreter := item{
		Entry:  Entry{Path: pythonDir + "/bin/" + in.Python.LibDir, Kind: Interpreter, Origin: FromCPython},
		source: in.Interpreter, exec: true,
	}
	if in.Interpreter == "" {
		data, err := launcher(in.Python, in.Optimize)
		if err != nil {
			return err
		}
		interpreter.data, interpreter.Origin = data, FromTool
	}
	p.items = append(p.items, interpreter)
	for _, name := range []string{"python3", "python"} {
		p.addFile(File{Dest: "bin/" + name, Kind: Symlink, Target: in.Python.LibDir, Origin: FromTool})
	}
	return nil
}

// Relative is the way from a directory of the tree to a path in it, both relative to
// its root.
func Relative(dir, to string) string {
	rel, err := filepath.Rel(filepath.FromSlash("/"+dir), filepath.FromSlash("/"+to))
	if err != nil {
		panic(err) // both are below one root
	}
	return filepath.ToSlash(rel)
}

// launcher generates the interpreter of the tree.
func launcher(py Python, optimize int) ([]byte, error) {
	spec := pylauncher.Spec{OS: py.OS, Arch: py.Arch, SONAME: py.SONAME, Optimize: optimize}
	if strings.HasSuffix(py.SOABI, "-musl") {
		spec.Libc = "musl"
	}
	return pylauncher.Generate(spec)
}

// addFile adds a file of the input.
func (p *Plan) addFile(f File) {
	it := item{
		Entry: Entry{
			Path: pythonDir + "/" + f.Dest, Kind: f.Kind, Origin: f.Origin,
			Distribution: f.Distribution, Module: f.Module, Link: f.Target,
		},
		source: f.Source,
		exec:   f.Kind == Extension || f.Kind == Library,
	}
	if it.Origin == "" {
		it.Origin = usualOrigin(f.Distribution)
	}
	p.items = append(p.items, it)
}

// usualOrigin is where a file comes from of which nothing else is said.
func usualOrigin(distribution string) Origin {
	if distribution != "" {
		return FromDistribution
	}
	return FromCPython
}

// addModules lists what is in the module file.
func (p *Plan) addModules(in Input) {
	if in.ModuleFile == "" {
		return
	}
	p.manifest.ModuleFile = pythonDir + "/" + in.ModuleFile
	for _, m := range in.Modules {
		m.Path = pythonDir + "/" + m.Path
		if m.Origin == "" {
			m.Origin = usualOrigin(m.Distribution)
		}
		p.manifest.Modules = append(p.manifest.Modules, m)
	}
	slices.SortFunc(p.manifest.Modules, func(a, b Mapped) int { return cmp.Compare(a.Path, b.Path) })
}

// checkSources looks at the sources and decides the mode of each file.
func (p *Plan) checkSources(report func(format string, args ...any)) {
	for i := range p.items {
		it := &p.items[i]
		if it.Kind == Symlink {
			continue
		}
		if it.source != "" {
			p.checkSource(it, report)
		}
		it.Mode = "0644"
		if it.exec {
			it.Mode = "0755"
		}
	}
}

// checkSource opens a source, because only that tells whether it can be read.
func (p *Plan) checkSource(it *item, report func(format string, args ...any)) {
	f, err := os.Open(it.source)
	if err != nil {
		report("%s: %w", it.Path, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		report("%s: %w", it.Path, err)
	case !info.Mode().IsRegular():
		report("%s: its source %s is not a file", it.Path, it.source)
	case it.Kind == Data:
		it.exec = info.Mode()&0o100 != 0
	}
}

// dirs returns the directories below the tree's root, parents first.
func (p *Plan) dirs() []string {
	seen := map[string]bool{}
	add := func(dir string) {
		for ; dir != "."; dir = path.Dir(dir) {
			seen[dir] = true
		}
	}
	for _, it := range p.items {
		add(path.Dir(it.Path))
	}
	add(p.manifest.Dynload())
	if slices.ContainsFunc(p.manifest.Modules, func(m Mapped) bool { return strings.Contains(m.Path, "/site-packages/") }) {
		add(path.Join(pythonDir, "lib", p.manifest.Python.LibDir, "site-packages"))
	}
	list := make([]string, 0, len(seen))
	for dir := range seen {
		list = append(list, dir)
	}
	slices.Sort(list)
	return list
}
