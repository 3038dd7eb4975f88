package trace

import (
	"path/filepath"
	"slices"
	"strings"
)

// Loaded is a shared object that was mapped, and what brought it in.
type Loaded struct {
	File   string // as it was mapped: absolute, links resolved
	SONAME string // its file name if it has none
	How    How
	// By are the modules that import it or ask ctypes for it, or the SONAMEs of the
	// libraries that need it, sorted; none if that is not known.
	By []string
}

// How a shared object came into a process.
type How string

// The ways, in the order in which they are asked about: an extension module that
// another one also needs is an extension module.
const (
	Extension How = "import" // an extension module
	ByCtypes  How = "ctypes" // ctypes was asked for it
	Needed    How = "needed" // another shared object, or the interpreter itself, needs it
	ByDlopen  How = "dlopen" // native code has opened it
)

// Loaded tells of every shared object how it came. The interpreter is the program
// that was run: what it needs is there from its start.
func (u *Uses) Loaded(interpreter string) []Loaded {
	imported := make(map[string][]string) // real path of an extension → modules
	for _, m := range u.Modules {
		imported[real(m.File)] = append(imported[real(m.File)], m.Name)
	}
	found := make([]Loaded, 0, len(u.Libraries))
	needed := make(map[string][]string) // SONAME → SONAMEs
	note := func(l library) {
		for _, name := range l.needed {
			needed[name] = append(needed[name], l.soname)
		}
	}
	if l, ok := readLibrary(interpreter); ok {
		note(l)
	}
	for _, file := range u.Libraries {
		l, ok := readLibrary(file)
		if !ok {
			l.soname = filepath.Base(file)
		}
		note(l)
		found = append(found, Loaded{File: file, SONAME: l.soname})
	}
	for i := range found {
		l := &found[i]
		l.How, l.By = u.how(l, imported, needed)
		slices.Sort(l.By)
		l.By = slices.Compact(l.By)
	}
	return found
}

func (u *Uses) how(l *Loaded, imported, needed map[string][]string) (How, []string) {
	if modules := imported[real(l.File)]; len(modules) > 0 {
		return Extension, modules
	}
	var asked []string
	for _, o := range u.Opened {
		if o.Name == l.SONAME || filepath.Base(o.Name) == filepath.Base(l.File) || strings.Contains(o.Name, "/") && real(o.Name) == real(l.File) {
			asked = append(asked, o.By)
		}
	}
	if len(asked) > 0 {
		return ByCtypes, asked
	}
	if by := needed[l.SONAME]; len(by) > 0 {
		return Needed, slices.Clone(by)
	}
	// The loader itself is needed by all, by its path and not by its SONAME.
	if strings.HasPrefix(l.SONAME, "ld-") || strings.HasPrefix(l.SONAME, "ld.") {
		return Needed, nil
	}
	return ByDlopen, nil
}
