package pyenv

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/trace"
)

// Place is where a shared object lies.
type Place string

// The places.
const (
	InEnvironment Place = "environment" // in the environment, or behind a link of it
	OfSystem      Place = "system"      // in one of the loader's own directories
	Elsewhere     Place = "elsewhere"   // neither: it may not be there on another machine
)

// Library is a shared object of a session, and where it came from.
type Library struct {
	trace.Loaded
	Place Place
	Entry string // ID of the entry that it is of; "" if the store does not know its content
	Path  string // in that entry
}

// Origins says where shared objects came from. Dir is the environment's generation, and
// members are its entries' IDs: a content that others have too is told of them.
func Origins(s *store.Store, dir string, members []string, loaded []trace.Loaded) ([]Library, error) {
	o := origins{s, real(dir), members}
	all := make([]Library, 0, len(loaded))
	for _, l := range loaded {
		library, err := o.of(l)
		if err != nil {
			return nil, err
		}
		all = append(all, library)
	}
	slices.SortFunc(all, func(a, b Library) int {
		return strings.Compare(string(a.Place)+a.Entry+a.File, string(b.Place)+b.Entry+b.File)
	})
	return all, nil
}

type origins struct {
	store   *store.Store
	dir     string
	members []string
}

func (o *origins) of(l trace.Loaded) (Library, error) {
	found := Library{Loaded: l, Place: o.place(l.File)}
	if found.Place == OfSystem {
		return found, nil
	}
	sum, err := store.HashOfFile(l.File)
	if os.IsNotExist(err) {
		return found, nil // removed since it was loaded
	}
	if err != nil {
		return found, err
	}
	refs, err := o.store.Which(sum)
	if err != nil {
		return found, err
	}
	for _, ref := range refs {
		own := slices.Contains(o.members, ref.Entry.ID())
		if own || found.Entry == "" {
			found.Entry, found.Path = ref.Entry.ID(), ref.Path
		}
		if own { // also where it is reached through a link to the store
			found.Place = InEnvironment
			break
		}
	}
	return found, nil
}

func (o *origins) place(file string) Place {
	if below(real(file), o.dir) {
		return InEnvironment
	}
	for _, dir := range []string{"/lib", "/lib64", "/lib32", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/libexec", "/System", "/nix/store", "/gnu/store"} {
		if below(file, dir) {
			return OfSystem
		}
	}
	return Elsewhere
}

func below(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel)
}

func real(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	return path
}
