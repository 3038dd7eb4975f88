package store

import (
	"context"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// libraries returns the names by which the entry's own files find a library in it, and
// its path: SONAMEs, and file names for what is opened or needed without one.
func (e *Entry) libraries() map[string]string {
	found := map[string]string{}
	for i := range e.Files {
		f := &e.Files[i]
		if f.Native == nil || f.Native.Interpreter != "" && f.Native.SONAME == "" {
			continue
		}
		for _, name := range []string{f.Native.SONAME, path.Base(f.Path)} {
			if old, ok := found[name]; name != "" && (!ok || depth(f.Path) < depth(old)) {
				found[name] = f.Path
			}
		}
	}
	return found
}

// lent are the names by which other entries may find a library: SONAMEs, and the names
// of what lies in lib/ without one. Extension modules and plug-ins are nobody else's.
func (e *Entry) lent() map[string]string {
	if !e.lends() {
		return nil
	}
	found := e.libraries()
	maps.DeleteFunc(found, func(name, file string) bool {
		n := e.File(file).Native
		return n.SONAME != name && (n.SONAME != "" || path.Dir(file) != "lib")
	})
	return found
}

// lends tells whether others use libraries of such an entry: those of a wheel or of an
// onedir program are its own.
func (e *Entry) lends() bool {
	return e.Kind == KindLibrary || e.Kind == KindProgram || e.Kind == KindPython
}

func depth(file string) int { return strings.Count(file, "/") }

// Unresolved returns the names of libraries that files of the entry need and that
// are neither in it, nor in an entry it was resolved against, nor on every machine.
func (e *Entry) Unresolved() ([]string, error) {
	p, err := policy.Load()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(e.outside(p), func(name string) bool { return e.Resolved[name] != "" }), nil
}

// outside returns the names that files of the entry need from outside of it, sorted,
// without those that policy.json says every machine has.
func (e *Entry) outside(p *policy.Policy) []string {
	own := e.libraries()
	names := map[string]bool{}
	for i := range e.Files {
		n := e.Files[i].Native
		if n == nil || e.Kind == KindBundle {
			continue
		}
		for _, name := range n.Needed {
			if p.IsSystem(name, n.goos()) {
				continue
			}
			if base := path.Base(name); own[base] == "" {
				names[base] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// resolve finds the entries that have what files of e need. What is decided already
// stays, if the entry is there. Of several entries the one of the newest version
// counts (see lender): a SONAME promises that what is newer does.
func (s *Store) resolve(ctx context.Context, e *Entry) error {
	p, err := policy.Load()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(e.Resolved)) {
		if _, err := s.load(e.Resolved[name]); err != nil {
			return err
		}
	}
	wanted := slices.DeleteFunc(e.outside(p), func(name string) bool { return e.Resolved[name] != "" })
	if len(wanted) == 0 {
		return nil
	}
	heads, err := s.Heads()
	if err != nil {
		return err
	}
	resolved := maps.Clone(e.Resolved)
	if resolved == nil {
		resolved = map[string]string{}
	}
	for _, name := range wanted {
		if found := lender(heads, name, e); found != nil {
			resolved[name] = found.ID()
		}
	}
	if len(resolved) > 0 {
		e.Resolved = resolved
	}
	return ctx.Err()
}

// lender is the entry that has a library for another, nil if none has: a library goes
// before a program that brings it along, then what is newer, then what found more of
// what it needs itself.
func lender(heads []*Entry, soname string, user *Entry) (best *Entry) {
	for _, head := range heads { // sorted by name, older before newer
		if head.Provides[soname] == "" || !head.fits(user) {
			continue
		}
		if best == nil || !best.lendsBefore(head) {
			best = head
		}
	}
	return best
}

// lendsBefore compares with one that comes later in the order of entries.
func (e *Entry) lendsBefore(later *Entry) bool {
	isLibrary := e.Kind == KindLibrary
	switch {
	case isLibrary != (later.Kind == KindLibrary):
		return isLibrary
	case e.Name == later.Name && e.Version == later.Version:
		return len(e.Resolved) > len(later.Resolved)
	}
	return false
}

// fits tells whether files of user can load libraries of e.
func (e *Entry) fits(user *Entry) bool {
	return e.Platform == user.Platform || e.Platform == "darwin/universal" && strings.HasPrefix(user.Platform, "darwin/")
}

// describe sets what follows from the files.
func (e *Entry) describe() {
	e.Schema = schema
	e.Size = 0
	platforms := map[string]int{}
	for i := range e.Files {
		e.Size += e.Files[i].Size
		if n := e.Files[i].Native; n != nil {
			platforms[n.platform()]++
		}
	}
	e.Provides = e.lent()
	if e.Platform == "" {
		e.Platform = most(platforms)
	}
}

// most is the platform of most files.
func most(platforms map[string]int) string {
	best := "any"
	for _, p := range slices.Sorted(maps.Keys(platforms)) {
		if platforms[p] > platforms[best] {
			best = p
		}
	}
	return best
}

// ThisPlatform is what Entry.Platform says of programs for this machine.
func ThisPlatform() string { return runtime.GOOS + "/" + runtime.GOARCH }
