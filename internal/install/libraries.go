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

// gatherer has the libraries of a program.
type gatherer struct {
	found   []*store.Library
	missing []string
	machine []string // those that the store does not have, and machines have
}

// gather finds the libraries of a program of the first entry.
func gather(closure []*store.Entry, program *store.File) (*gatherer, error) {
	p, err := policy.Load()
	if err != nil {
		return nil, err
	}
	byID := map[string]*store.Entry{}
	for _, e := range closure {
		byID[e.ID()] = e
	}
	g := &gatherer{}
	found, missing, err := store.Libraries(byID, closure[0], program.Native)
	g.found = found
	for _, name := range missing {
		if p.IsFallback(name) {
			g.machine = append(g.machine, name)
		} else {
			g.missing = append(g.missing, name)
		}
	}
	return g, err
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
		// What lies beside the program is found first.
		if sum, kind, err := state.in.look(lib.Name); err != nil {
			return err
		} else if kind != absent && sum != lib.File.Object {
			return &OccupiedError{state.in.at(lib.Name), ""}
		}
		target, err := equalIn(libs, lib)
		switch {
		case err != nil:
			return err
		case target != "":
			own[lib.Name] = target
		case lib.Entry == l.entry, !l.mayShare(lib, state):
			own[lib.Name] = ""
		}
	}
	closeOver(g.found, own)
	common := false
	for _, lib := range g.found {
		target, isOwn := own[lib.Name]
		placed := Placed{Object: lib.File.Object, Executable: lib.File.Executable, Size: lib.File.Size, Entry: lib.Entry.ID(), File: lib.File.Path}
		if isOwn {
			placed.Path, placed.Link = path.Join(home, lib.Name), target
		} else {
			common = true
			placed.Path = path.Join(commonDir, lib.Name)
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
func (l *layout) mayShare(lib *store.Library, state *state) bool {
	at := path.Join(commonDir, lib.Name)
	if planned, ok := l.files[at]; ok {
		return planned.Object == lib.File.Object
	}
	return state.free(at, lib.File.Object)
}

// closeOver takes to the program's own libraries every one that needs such a one:
// from common_libs/ it would not be found.
func closeOver(found []*store.Library, own map[string]string) {
	for changed := true; changed; {
		changed = false
		for _, lib := range found {
			if _, ok := own[lib.Name]; ok {
				continue
			}
			if slices.ContainsFunc(lib.Needs, func(name string) bool { _, ok := own[name]; return ok }) {
				own[lib.Name] = ""
				changed = true
			}
		}
	}
}

// equalIn finds a library in an environment, if it is the same there; "" if not.
func equalIn(libs []Libs, lib *store.Library) (string, error) {
	for _, env := range libs {
		at := filepath.Join(env.Dir, lib.Name)
		info, err := os.Stat(at)
		if err != nil || !info.Mode().IsRegular() || info.Size() != lib.File.Size {
			continue
		}
		sum, err := store.HashOfFile(at)
		if err != nil {
			return "", err
		}
		if sum == lib.File.Object {
			return at, nil
		}
	}
	return "", nil
}
