package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func symbolRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "symbol-undefined", Severity: finding.Error,
			What: "A native file needs a symbol that nothing in the container provides.",
			Why:  "Data and, with immediate binding, all functions are looked up when the file is loaded: the import fails. Otherwise the program dies at the first call.",
			Mend: "The library that has the symbol is missing among those the file needs, or is another version than the one it was built against. For a name that begins with Py: the extension was built for another CPython.",
			Limits: "Weak symbols may be missing. What a library of the machine provides is unknown here: a symbol without a version counts as provided " +
				"unless it begins with Py, or as others do that a library beside it exports (sqlite3_…). In a wheel the interpreter provides the Py names.",
		}, (*subject).symbolUndefined},
		{finding.Rule{
			ID: "symbol-version-missing", Severity: finding.Error,
			What:   "A native file needs a symbol version that the library in the container does not define.",
			Why:    "The loader compares versions before anything runs, and refuses the file: the bundled library is older than the one the file was built with.",
			Mend:   "Bundle the library of the machine that the file was built on, or a newer one.",
			Limits: "GLIBC_PRIVATE is a warning: it is what glibc's parts share, and may go with its next release.",
		}, (*subject).symbolVersionMissing},
	}
}

// provided is what all files of one kind in the container export.
type provided map[string]bool

// kindOf is what can be in one process.
func kindOf(u *unit) string { return u.Format + " " + u.Arch }

func (s *subject) exports() map[string]provided {
	all := map[string]provided{}
	for _, u := range s.units {
		have := all[kindOf(u)]
		if have == nil {
			have = provided{}
			all[kindOf(u)] = have
		}
		for _, e := range u.Exports {
			have[e.Name] = true
		}
	}
	return all
}

func (s *subject) symbolUndefined() {
	all := s.exports()
	interpreter := map[string]bool{} // kinds of which the container has the interpreter
	for _, u := range s.libpythons() {
		interpreter[kindOf(u)] = true
	}
	for _, u := range s.units {
		if u.Type == "object" || u.Type == "core" || slices.ContainsFunc(u.loads, func(l load) bool { return l.how == notFound }) {
			continue // what is missing is told by another rule, and may have it
		}
		have, families := all[kindOf(u)], s.families(u)
		var names []string
		for _, i := range u.Imports {
			switch {
			case i.Weak || have[i.Name] || s.fromMachine(u, i.Library):
			case isPythonName(u, i.Name):
				if interpreter[kindOf(u)] {
					names = append(names, i.Name)
				}
			case i.Version != "" || families[prefix(i.Name)]:
				names = append(names, i.Name)
			}
		}
		if len(names) > 0 {
			s.say(u.file.Path, names[0], "needs %s, which nothing in the %s provides", some(names), s.Kind)
		}
	}
}

// isPythonName tells of the names of CPython's C API.
func isPythonName(u *unit, name string) bool {
	if u.Format == "mach-o" {
		name = strings.TrimPrefix(name, "_")
	}
	return strings.HasPrefix(name, "Py") || strings.HasPrefix(name, "_Py")
}

// families are how the names begin that the libraries export which a file loads from
// the container.
func (s *subject) families(u *unit) map[string]bool {
	found := map[string]bool{}
	for _, v := range closure(u)[1:] {
		for _, e := range v.Exports {
			if p := prefix(e.Name); len(p) > 2 {
				found[p] = true
			}
		}
	}
	// Those of glibc, which some libraries wrap or carry copies of.
	for _, p := range []string{"pthread", "dl", "posix", "sched", "clock", "timer"} {
		delete(found, p)
	}
	return found
}

// prefix is what stands in front of the first underscore but one at the beginning;
// "" where there is none, and for C++, whose names all begin alike.
func prefix(name string) string {
	name = strings.TrimPrefix(name, "_")
	p, _, ok := strings.Cut(name, "_")
	if !ok || strings.HasPrefix(name, "Z") {
		return ""
	}
	return p
}

// fromMachine tells whether a symbol is bound to a library of the machine.
func (s *subject) fromMachine(u *unit, library string) bool {
	return slices.ContainsFunc(u.loads, func(l load) bool {
		return l.name == library && (l.how == ofMachine || l.how == optional || l.how == outside)
	})
}

func (s *subject) symbolVersionMissing() {
	for _, u := range s.units {
		for _, v := range u.Versions {
			if v.Name == "GLIBC_PRIVATE" && !s.hasInside(u, v.Library) {
				s.sayAs(finding.Warning, u.file.Path, v.Name, "needs %s of %s: what only glibc itself may use", some(symbolsOf(u, v)), v.Library)
			}
			l := loadOf(u, v.Library)
			if v.Weak || l == nil || l.unit == nil || len(l.unit.Defines) == 0 || slices.Contains(l.unit.Defines, v.Name) {
				continue // a library without versions is taken as it is
			}
			s.say(u.file.Path, v.Name, "needs version %s of %s, which %s does not define", v.Name, v.Library, l.unit.file.Path)
		}
	}
}

func (s *subject) hasInside(u *unit, library string) bool {
	l := loadOf(u, library)
	return l != nil && l.unit != nil
}

// loadOf returns what became of a needed library; nil if it is not among those.
func loadOf(u *unit, library string) *load {
	for i := range u.loads {
		if u.loads[i].name == library {
			return &u.loads[i]
		}
	}
	return nil
}

// symbolsOf are the symbols that a file needs in a version.
func symbolsOf(u *unit, v version) []string {
	var names []string
	for _, i := range u.Imports {
		if i.Version == v.Name && (i.Library == v.Library || i.Library == "") {
			names = append(names, i.Name)
		}
	}
	if names == nil {
		names = []string{fmt.Sprintf("version %s", v.Name)}
	}
	return names
}
