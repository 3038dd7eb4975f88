package check

import (
	"path"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func moduleRules() []rule {
	return []rule{{finding.Rule{
		ID: "module-missing", Severity: finding.Error,
		What: "A bundled module imports, whenever it is imported itself, a module that is not in the bundle.",
		Why:  "ModuleNotFoundError at run time, on the machine of a user who cannot install anything into the bundle.",
		Mend: "If it is a module that analysis did not see, name it:\n  llgo build --py-onedir --py-hidden-import NAME .\nIf its distribution is not installed, add that to the requirements.",
		Limits: "Imports in functions, behind a condition or with a handler for ImportError are optional, and so is a module that nothing imports unconditionally: " +
			"it may be for another system, or for tests. A package may make its own submodules: outside of the standard library a missing one is a warning. importlib.import_module and submodules in \"from package import name\" are not seen; llgo py check --run imports everything for real. In wheels nothing is said: what they import comes from other wheels.",
	}, (*subject).moduleMissing}}
}

// imports is what the modules of a bundle import, by name.
type imports struct {
	modules map[string]*facts.Module
	present map[string]bool // modules, packages, extensions, built-in ones
	// packages are those that are directories: what is not in them is missing. Other
	// modules may have attributes that look like submodules (os.path, six.moves).
	packages map[string]bool
}

func (s *subject) moduleMissing() {
	if !s.isBundle() || s.Interpreter.Version == "" {
		return
	}
	im := s.collectImports()
	used := im.used()
	for name, m := range im.modules {
		if !used[name] {
			continue
		}
		for _, what := range im.unmet(m) {
			severity := s.rule.Severity
			if strings.Contains(what, ".") && !s.isStdlib(m.Path) {
				severity = finding.Warning // its package may make it when it is imported
			}
			s.sayAs(severity, m.Path, what, "imports %s, which is not in the %s", what, s.Kind)
		}
	}
}

// isStdlib tells whether a file came with CPython.
func (s *subject) isStdlib(file string) bool {
	_, inside := bundle.InSitePackages(file)
	return !inside
}

func (s *subject) collectImports() *imports {
	im := &imports{modules: map[string]*facts.Module{}, present: map[string]bool{}, packages: map[string]bool{}}
	for _, name := range s.Interpreter.Builtins {
		im.present[name] = true
	}
	for i := range s.Modules {
		m := &s.Modules[i]
		im.modules[m.Name], im.present[m.Name] = m, true
		im.packages[m.Name] = m.Package
		im.namespaces(m.Name)
	}
	if s.Manifest != nil {
		for _, e := range s.Manifest.Files {
			if e.Module != "" && s.byPath[e.Path] != nil {
				im.present[e.Module] = true
				im.namespaces(e.Module)
			}
		}
	}
	for i := range s.Files {
		if b := s.Files[i].Binary; b != nil && b.Extension != nil {
			im.present[b.Extension.Module] = true
			im.present[s.moduleOf(s.Files[i].As(), b.Extension.Module)] = true
		}
	}
	return im
}

// namespaces notes the packages above a module: directories without __init__ are
// packages too (PEP 420).
func (im *imports) namespaces(name string) {
	for at := strings.LastIndexByte(name, '.'); at > 0; at = strings.LastIndexByte(name, '.') {
		name = name[:at]
		im.present[name], im.packages[name] = true, true
	}
}

// moduleOf is the dotted name of an extension by its place below site-packages,
// lib-dynload or the standard library.
func (s *subject) moduleOf(file, last string) string {
	_, last, _ = cutLast(last)
	below, ok := bundle.InSitePackages(file)
	if !ok {
		return last
	}
	return strings.ReplaceAll(path.Join(path.Dir(below), last), "/", ".")
}

// unmet returns the modules that m imports, whenever it is imported itself, and that
// are missing.
func (im *imports) unmet(m *facts.Module) []string {
	var missing []string
	for _, i := range m.Imports {
		if i.Guarded || i.Delayed || i.Conditional || i.Module == "" {
			continue
		}
		for _, name := range prefixes(i.Module) {
			if im.present[name] {
				continue
			}
			if !im.made(name) {
				missing = append(missing, name)
			}
			break
		}
	}
	return missing
}

// made tells whether a module that is no file may be there all the same: as an
// attribute of a module (os.path), or by what its package does when it is imported.
func (im *imports) made(name string) bool {
	parent, _, nested := cutLast(name)
	return nested && !im.packages[parent] || dynamic(name)
}

func cutLast(name string) (parent, last string, nested bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return "", name, false
	}
	return name[:at], name[at+1:], true
}

// prefixes of a.b.c are a, a.b and a.b.c: Python imports them in that order.
func prefixes(name string) []string {
	var list []string
	for i := range name {
		if name[i] == '.' {
			list = append(list, name[:i])
		}
	}
	return append(list, name)
}

// dynamic tells of packages that make their submodules when they are imported.
func dynamic(name string) bool {
	return name == "collections.abc" || strings.Contains(name, ".extern.") || strings.HasPrefix(name, "py.") || strings.Contains(name, "six.moves")
}

// used are the modules that some import needs: that of another used module at its top
// level. What the program itself asks for is not in the bundle; so every top-level
// name counts as asked for, except those that only others' optional imports name.
func (im *imports) used() map[string]bool {
	var queue []string
	used := map[string]bool{}
	add := func(name string) {
		for _, n := range prefixes(name) {
			if !used[n] && im.modules[n] != nil {
				used[n] = true
				queue = append(queue, n)
			}
		}
	}
	optional := im.onlyOptional()
	for name := range im.modules {
		if !strings.Contains(name, ".") && !optional[name] {
			add(name)
		}
	}
	for len(queue) > 0 {
		m := im.modules[queue[0]]
		queue = queue[1:]
		for _, i := range m.Imports {
			if i.Guarded || i.Delayed || i.Conditional {
				continue
			}
			add(i.Module)
			for _, n := range i.Names {
				add(i.Module + "." + n)
			}
		}
	}
	return used
}

// onlyOptional are the modules that somebody imports, and nobody unconditionally.
func (im *imports) onlyOptional() map[string]bool {
	optional, required := map[string]bool{}, map[string]bool{}
	for _, m := range im.modules {
		for _, i := range m.Imports {
			for _, name := range prefixes(i.Module) {
				if i.Guarded || i.Delayed || i.Conditional {
					optional[name] = true
				} else {
					required[name] = true
				}
			}
		}
	}
	for name := range required {
		delete(optional, name)
	}
	return optional
}
