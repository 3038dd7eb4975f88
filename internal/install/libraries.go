package install

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// library is one that a program gets: what it is called, and the file.
type library struct {
	name  string // the SONAME by which it is needed
	entry *store.Entry
	file  *store.File
	needs []string // SONAMEs, of those that are gathered
}

// Libs is an environment whose libraries are used by links.
type Libs struct {
	Name string
	Dir  string // with the libraries
}

// MissingLibrariesError says that the store does not have what a program needs.
type MissingLibrariesError struct {
	ID    string
	Names []string // SONAMEs
	Here  []string // files of this machine that have them
}

func (e *MissingLibrariesError) Error() string {
	return fmt.Sprintf("%s needs %s, which the store does not have", e.ID, strings.Join(e.Names, ", "))
}

// Hint says what to do.
func (e *MissingLibrariesError) Hint() string {
	what := "a file or package with " + strings.Join(e.Names, ", ")
	if len(e.Here) > 0 {
		what = strings.Join(e.Here, " ")
	}
	return "llgo py store add " + what + "   # and then the program again, so that it is resolved"
}

// gatherer walks the libraries of a program.
type gatherer struct {
	byID    map[string]*store.Entry
	policy  *policy.Policy
	found   []*library // breadth first
	byName  map[string]*library
	missing []string
	machine []string // those that the store does not have, and machines have
}

// gather finds the libraries of a program, and theirs, as the loader does: breadth
// first, and of each name the first.
func gather(closure []*store.Entry, program *store.File) (*gatherer, error) {
	p, err := policy.Load()
	if err != nil {
		return nil, err
	}
	g := &gatherer{byID: map[string]*store.Entry{}, policy: p, byName: map[string]*library{}}
	for _, e := range closure {
		g.byID[e.ID()] = e
	}
	g.needs(closure[0], program.Native)
	for i := 0; i < len(g.found); i++ {
		l := g.found[i]
		l.needs = g.needs(l.entry, l.file.Native)
	}
	return g, nil
}

// needs adds what a native file of an entry needs, and returns the names.
func (g *gatherer) needs(e *store.Entry, n *store.Native) []string {
	var names []string
	goos := map[string]string{"elf": "linux", "mach-o": "darwin"}[n.Format]
	for _, needed := range n.Needed {
		if g.policy.IsSystem(needed, goos) {
			continue
		}
		name := path.Base(needed)
		if g.byName[name] == nil && !g.add(name, e) {
			continue
		}
		names = append(names, name)
	}
	return names
}

// add finds a library that entry e asks for.
func (g *gatherer) add(name string, e *store.Entry) bool {
	owner := e
	if e.Provides[name] == "" {
		owner = g.byID[e.Resolved[name]]
	}
	if owner == nil {
		lacks := &g.missing
		if g.policy.IsFallback(name) {
			lacks = &g.machine
		}
		if !slices.Contains(*lacks, name) {
			*lacks = append(*lacks, name)
		}
		return false
	}
	file := owner.File(owner.Provides[name])
	for range 8 { // a name of it may be a link
		if file != nil && file.Link != "" {
			file = owner.File(path.Join(path.Dir(file.Path), file.Link))
		}
	}
	if file == nil || file.Native == nil {
		return false
	}
	l := &library{name: name, entry: owner, file: file}
	g.found = append(g.found, l)
	g.byName[name] = l
	return true
}

// here finds files of this machine with the missing names, in the directories that
// most loaders look in.
func (g *gatherer) here() []string {
	var files []string
	for _, name := range g.missing {
		for _, dir := range []string{"/usr/lib/*-linux-gnu", "/lib/*-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib", "/usr/local/lib"} {
			if found, _ := filepath.Glob(filepath.Join(dir, name)); len(found) > 0 {
				files = append(files, found[0])
				break
			}
		}
	}
	return files
}

// libraries places those of every native program of the layout.
func (l *layout) libraries(closure []*store.Entry, libs []Libs, state *state) error {
	for name, program := range l.programs {
		g, err := gather(closure, program)
		if err != nil {
			return err
		}
		if len(g.missing) > 0 {
			return &MissingLibrariesError{l.entry.ID(), g.missing, g.here()}
		}
		l.machine = append(l.machine, g.machine...)
		// The search path of a file has its name in the entry, which is the one with
		// the version if the source saw to it.
		home := path.Base(program.Path) + depsSuffix
		if err := l.place(g, home, libs, state); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// place puts the libraries of one program into common_libs/ or its own directory.
func (l *layout) place(g *gatherer, home string, libs []Libs, state *state) error {
	own := map[string]string{} // name → what it is a link to, "" if a file
	for _, lib := range g.found {
		target, err := equalIn(libs, lib)
		switch {
		case err != nil:
			return err
		case target != "":
			own[lib.name] = target
		case lib.entry == l.entry, !l.mayShare(lib, state):
			own[lib.name] = ""
		}
	}
	closeOver(g.found, own)
	common := false
	for _, lib := range g.found {
		target, isOwn := own[lib.name]
		placed := Placed{Object: lib.file.Object, Executable: lib.file.Executable, Size: lib.file.Size, Entry: lib.entry.ID(), File: lib.file.Path}
		if isOwn {
			placed.Path, placed.Link = path.Join(home, lib.name), target
		} else {
			common = true
			placed.Path = path.Join(commonDir, lib.name)
		}
		l.files[placed.Path] = placed
	}
	if common && len(own) > 0 {
		at := path.Join(home, commonDir)
		l.files[at] = Placed{Path: at, Link: "../" + commonDir}
	}
	return nil
}

// mayShare tells whether common_libs/ has this library, or room for it.
func (l *layout) mayShare(lib *library, state *state) bool {
	at := path.Join(commonDir, lib.name)
	if planned, ok := l.files[at]; ok {
		return planned.Object == lib.file.Object
	}
	return state.free(at, lib.file.Object)
}

// closeOver takes to the program's own libraries every one that needs such a one:
// from common_libs/ it would not be found.
func closeOver(found []*library, own map[string]string) {
	for changed := true; changed; {
		changed = false
		for _, lib := range found {
			if _, ok := own[lib.name]; ok {
				continue
			}
			if slices.ContainsFunc(lib.needs, func(name string) bool { _, ok := own[name]; return ok }) {
				own[lib.name] = ""
				changed = true
			}
		}
	}
}

// equalIn finds a library in an environment, if it is the same there; "" if not.
func equalIn(libs []Libs, lib *library) (string, error) {
	for _, env := range libs {
		at := filepath.Join(env.Dir, lib.name)
		info, err := os.Stat(at)
		if err != nil || !info.Mode().IsRegular() || info.Size() != lib.file.Size {
			continue
		}
		sum, err := hashFile(at)
		if err != nil {
			return "", err
		}
		if sum == lib.file.Object {
			return at, nil
		}
	}
	return "", nil
}
