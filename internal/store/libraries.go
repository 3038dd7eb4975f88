package store

import (
	"path"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// Library is one that a native file is to be given.
type Library struct {
	Name  string // the SONAME by which it is needed
	Entry *Entry
	File  *File
	Needs []string // names of others among them, of those that it needs itself
}

// Libraries returns the libraries that a native file of an entry needs, and theirs, as
// the loader takes them: breadth first, and of each name the one that it meets first.
// Entries are those that they may be from, by ID; an entry's own go before what it was
// resolved against. Missing are the names that no entry has and not every machine.
func Libraries(entries map[string]*Entry, e *Entry, n *Native) (found []*Library, missing []string, err error) {
	p, err := policy.Load()
	if err != nil {
		return nil, nil, err
	}
	w := walker{entries: entries, policy: p, byName: map[string]*Library{}}
	w.needs(e, n)
	for i := 0; i < len(w.found); i++ {
		l := w.found[i]
		l.Needs = w.needs(l.Entry, l.File.Native)
	}
	return w.found, w.missing, nil
}

type walker struct {
	entries map[string]*Entry
	policy  *policy.Policy
	byName  map[string]*Library
	found   []*Library
	missing []string
}

// needs adds what a native file of an entry needs, and returns the names of what was
// found.
func (w *walker) needs(e *Entry, n *Native) []string {
	var names []string
	for _, needed := range n.Needed {
		name := path.Base(needed)
		if !w.policy.IsSystem(needed, n.goos()) && w.find(name, e) {
			names = append(names, name)
		}
	}
	return names
}

// find finds the library that files of an entry mean by a name.
func (w *walker) find(name string, e *Entry) bool {
	if w.byName[name] != nil {
		return true
	}
	owner := e
	if e.Provides[name] == "" {
		owner = w.entries[e.Resolved[name]]
	}
	if owner == nil {
		if !slices.Contains(w.missing, name) {
			w.missing = append(w.missing, name)
		}
		return false
	}
	file := owner.File(owner.Provides[name])
	if file == nil || file.Native == nil {
		return false
	}
	w.byName[name] = &Library{Name: name, Entry: owner, File: file}
	w.found = append(w.found, w.byName[name])
	return true
}
