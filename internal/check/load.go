package check

import (
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// how says what became of a needed library.
type how int

const (
	notFound   how = iota
	inside         // it is in the container, and the file's own search path leads there
	ofMachine      // the policy says that every machine has it
	optional       // it may be missing (LC_LOAD_WEAK_DYLIB)
	inherited      // whoever loads the file has it already, or searches for it too (DT_RPATH)
	needsRPath     // whoever loads the file would find it, if its RUNPATH was an RPATH
	outOfReach     // it is in the container, where the file does not search
	outside        // only an absolute path leads to it
)

// load is a needed library.
type load struct {
	name string // as it is needed
	how  how
	unit *unit  // where it is inside
	by   string // of outside: the directory; of needsRPath: the file with that RUNPATH
}

// link finds out what every needed library is: first by each file's own means, then,
// since that depends on who loads whom, by those of its loaders.
func (s *subject) link() {
	for _, u := range s.units {
		for _, name := range u.Needed {
			l := s.own(u, name)
			u.loads = append(u.loads, l)
			if l.unit != nil {
				l.unit.loaders = append(l.unit.loaders, u)
			}
		}
	}
	for _, u := range s.units {
		for i := range u.loads {
			if l := &u.loads[i]; l.how == notFound {
				*l = s.others(u, l.name)
			}
		}
	}
}

// own looks where the file itself searches.
func (s *subject) own(u *unit, name string) load {
	l := load{name: name}
	if s.expected(u, name) {
		l.how = ofMachine
		return l
	}
	for _, candidate := range s.candidates(u, name, slices.Concat(u.RunPath, s.rpath(u))) {
		if l.unit = s.unitAt(candidate, u); l.unit != nil {
			l.how = inside
			return l
		}
	}
	if slices.Contains(u.Weak, name) {
		l.how = optional
	}
	return l
}

// rpath is the RPATH that counts: in ELF none where there is a RUNPATH.
func (s *subject) rpath(u *unit) []string {
	if u.Format == "elf" && len(u.RunPath) > 0 {
		return nil
	}
	return u.RPath
}

// others looks where the loaders of the file search and what they have loaded, then
// for what is only nearly right.
func (s *subject) others(u *unit, name string) load {
	l := load{name: name, how: notFound}
	if l.unit = s.libpython(u, name); l.unit != nil {
		l.how = inherited // whoever can load an extension module has it
		return l
	}
	for _, a := range ancestors(u) {
		if l.unit = loaded(a, name); l.unit == nil && len(u.RunPath) == 0 {
			l.unit = s.first(a, name, s.rpath(a), u)
		}
		if l.unit != nil {
			l.how = inherited
			return l
		}
	}
	for _, a := range ancestors(u) {
		if l.unit = s.first(a, name, a.RunPath, u); l.unit != nil {
			l.how, l.by = needsRPath, a.path
			return l
		}
	}
	for _, dir := range slices.Concat(u.RunPath, s.rpath(u)) {
		if path.IsAbs(dir) {
			l.how, l.by = outside, dir
			return l
		}
	}
	if path.IsAbs(name) {
		l.how, l.by = outside, path.Dir(name)
		return l
	}
	if l.unit = s.anywhere(u, path.Base(name)); l.unit != nil {
		l.how = outOfReach
		if s.lent(l.unit) {
			l.how = inherited
		}
	}
	return l
}

// lent tells whether a library of a bundle is loaded at the start of the program, and
// only on a machine that has none of that name: llgo build's libgcc_s and libstdc++.
func (s *subject) lent(u *unit) bool {
	return s.isBundle() && slices.ContainsFunc(u.places(), func(dir string) bool { return strings.HasSuffix(dir, "lib/fallback") })
}

// first returns the library that one of the directories of a file leads to.
func (s *subject) first(of *unit, name string, search []string, fits *unit) *unit {
	for _, candidate := range s.candidates(of, name, search) {
		if found := s.unitAt(candidate, fits); found != nil {
			return found
		}
	}
	return nil
}

// candidates are the paths in the container that a file means by a name, from all
// places that it is opened in.
func (s *subject) candidates(u *unit, name string, search []string) []string {
	if u.Format == "mach-o" {
		return s.machoCandidates(u, name, search)
	}
	var list []string
	for _, place := range u.places() {
		list = append(list, candidatesFrom(place, name, search)...)
	}
	return list
}

// candidatesFrom are those of an ELF file that is opened in a directory: for the loader
// $ORIGIN is where the path leads that it was given, and not where links lead.
func candidatesFrom(place, name string, search []string) []string {
	if strings.Contains(name, "/") {
		search, name = []string{path.Dir(name)}, path.Base(name)
	}
	var list []string
	for _, dir := range search {
		if within, ok := originPath(dir, place); ok {
			list = append(list, path.Join(within, name))
		}
	}
	return list
}

// originPath replaces $ORIGIN; ok is false for what is not relative to it or leaves
// the container.
func originPath(dir, origin string) (string, bool) {
	for _, variable := range []string{"$ORIGIN", "${ORIGIN}"} {
		if rest, ok := strings.CutPrefix(dir, variable); ok && (rest == "" || rest[0] == '/') {
			within := path.Join(origin, rest)
			return within, !leaves(within)
		}
	}
	return "", false
}

// leaves tells whether a clean relative path leads upwards.
func leaves(name string) bool { return name == ".." || strings.HasPrefix(name, "../") }

// machoCandidates is the same for dyld.
func (s *subject) machoCandidates(u *unit, name string, search []string) []string {
	if rest, ok := strings.CutPrefix(name, "@rpath/"); ok {
		var list []string
		for _, dir := range search {
			list = append(list, s.machoCandidates(u, path.Join(dir, rest), nil)...)
		}
		return list
	}
	base := path.Dir(u.path)
	rest, ok := strings.CutPrefix(name, "@loader_path")
	if !ok {
		if rest, ok = strings.CutPrefix(name, "@executable_path"); ok && s.Program != "" {
			base = path.Dir(s.Program)
		}
	}
	if within := path.Join(base, rest); ok && !leaves(within) {
		return []string{within}
	}
	return nil
}

// expected tells whether the machine has to have a library. A wheel may expect what
// its tag allows; one that promises nothing may expect what the newest tag allows.
func (s *subject) expected(u *unit, name string) bool {
	goos := "linux"
	if u.Format == "mach-o" {
		goos = "darwin"
	}
	if s.Kind != facts.Wheel {
		return s.policy.IsSystem(name, goos)
	}
	t := s.target
	if t == nil {
		t = &policy.Target{Platform: policy.Manylinux, Version: policy.Version{99}}
		if goos == "darwin" {
			t = &policy.Target{Platform: policy.MacOS, Version: policy.Version{99}}
		}
		return s.policy.MayNeed(name, t) || s.policy.IsSystem(name, goos)
	}
	return s.policy.MayNeed(name, t)
}

// libpython returns the interpreter's library if that is what a name means.
func (s *subject) libpython(u *unit, name string) *unit {
	for _, v := range s.libpythons() {
		if v.Arch == u.Arch && (v.Name == name || path.Base(v.Name) == path.Base(name)) {
			return v
		}
	}
	return nil
}

// anywhere returns a library of that name, the one with the first path.
func (s *subject) anywhere(u *unit, name string) *unit {
	for _, v := range s.units {
		if v != u && v.Arch == u.Arch && v.Format == u.Format && path.Base(v.path) == name {
			return v
		}
	}
	return nil
}

// loaded returns the library of that name that a file loads, itself or through what
// it loads.
func loaded(u *unit, name string) *unit {
	for _, v := range closure(u) {
		if v.Name == name || path.Base(v.path) == name {
			return v
		}
	}
	return nil
}

// closure is a file and all that it loads from the container.
func closure(u *unit) []*unit {
	list, seen := []*unit{u}, map[*unit]bool{u: true}
	for i := 0; i < len(list); i++ {
		for _, l := range list[i].loads {
			if (l.how == inside || l.how == inherited) && !seen[l.unit] {
				seen[l.unit] = true
				list = append(list, l.unit)
			}
		}
	}
	return list
}

// ancestors are the loaders of a file, theirs, and so on, the nearest first.
func ancestors(u *unit) []*unit {
	list, seen := slices.Clone(u.loaders), map[*unit]bool{u: true}
	for i := 0; i < len(list); i++ {
		if seen[list[i]] {
			list = slices.Delete(list, i, i+1)
			i--
			continue
		}
		seen[list[i]] = true
		list = append(list, list[i].loaders...)
	}
	return list
}
