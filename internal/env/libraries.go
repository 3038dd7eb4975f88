package env

import (
	"maps"
	"path"
	"path/filepath"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Where native files of the store look for libraries; see the package comment.
const (
	libDir     = "lib"
	commonDir  = "common_libs"
	depsSuffix = "_deps"
)

// library is where a file finds a library it needs.
type library struct {
	entry *store.Entry
	file  *store.File
}

// layLibraries makes every native file find the libraries that its entry was resolved
// against. It comes last: only now it is known what lies in lib/.
func (p *Plan) layLibraries() {
	byID := map[string]*store.Entry{}
	for _, m := range p.members {
		byID[m.Member.Entry] = m.Entry
	}
	for _, it := range p.sorted() {
		if it.native == nil || len(it.native.Needed) == 0 || path.Dir(it.path) == libDir || it.private {
			continue
		}
		libraries := gather(byID, it.owner, it.native)
		if len(libraries) == 0 && !p.offers(it.native) {
			continue
		}
		dir := path.Dir(it.path)
		if up, err := filepath.Rel(dir, libDir); err == nil && p.Has(libDir) {
			p.Symlink(Laid{}, path.Join(dir, commonDir), filepath.ToSlash(up))
		}
		if !p.common(libraries) {
			p.deps(it, libraries)
		}
	}
}

// gather collects the libraries that a native file of an entry needs, and theirs, as
// the loader does: breadth first, and of each name the first. A process has one library
// of a name.
func gather(byID map[string]*store.Entry, e *store.Entry, n *store.Native) map[string]library {
	type user struct {
		entry  *store.Entry
		native *store.Native
	}
	found := map[string]library{}
	for queue := []user{{e, n}}; len(queue) > 0; queue = queue[1:] {
		of := queue[0]
		for _, name := range of.native.Needed {
			if _, ok := found[name]; ok {
				continue
			}
			if l := provider(byID, of.entry, name); l.file != nil {
				found[name] = l
				queue = append(queue, user{l.entry, l.file.Native})
			}
		}
	}
	return found
}

// provider finds the library of that name which an entry's files are to have; none if
// it is the system's, or is reached without our doing.
func provider(byID map[string]*store.Entry, e *store.Entry, name string) library {
	owner := e
	if _, own := e.Provides[name]; !own {
		owner = byID[e.Resolved[name]]
	} else if e.Kind == store.KindPython {
		return library{} // laid as the tree that it is, in which its search path leads there
	}
	if owner == nil {
		return library{}
	}
	file := owner.File(owner.Provides[name])
	if file == nil || file.Native == nil {
		return library{}
	}
	return library{owner, file}
}

// offers tells whether lib/ has what a file needs: of an entry that was not resolved
// against it, because it came first.
func (p *Plan) offers(n *store.Native) bool {
	return slices.ContainsFunc(n.Needed, func(name string) bool { return p.Has(path.Join(libDir, name)) })
}

// missing returns what is needed and nowhere: the program will not start. Libraries of
// the compilers are on every machine but the smallest.
func (p *Plan) missing() ([]Missing, error) {
	known, err := policy.Load()
	if err != nil {
		return nil, err
	}
	var list []Missing
	for _, m := range p.members {
		names, err := m.Entry.Unresolved()
		if err != nil {
			return nil, err
		}
		names = slices.DeleteFunc(names, func(name string) bool { return known.IsFallback(name) || p.Has(path.Join(libDir, name)) })
		if len(names) > 0 {
			list = append(list, Missing{m.Member.Entry, names})
		}
	}
	return list, nil
}

// common tells whether all of them are those of lib/.
func (p *Plan) common(libraries map[string]library) bool {
	for name, l := range libraries {
		it := p.items[path.Join(libDir, name)]
		if it == nil || !p.same(it, l.file.Object) {
			return false
		}
	}
	return true
}

// same tells whether an item, or what it leads to in lib/, has that content.
func (p *Plan) same(it *item, want store.Hash) bool {
	for range 8 { // links to links end somewhere
		if it == nil || it.link == "" {
			break
		}
		it = p.items[path.Join(path.Dir(it.path), it.link)]
	}
	return it != nil && it.from != "" && (it.from == p.store.Object(want, true) || it.from == p.store.Object(want, false))
}

// deps lays the libraries of one file beside it. All of them: a library looks first
// beside itself, so one from lib/ would bring its neighbours of lib/.
func (p *Plan) deps(it *item, libraries map[string]library) {
	owner := Laid{Member: Member{Entry: it.entry}}
	for _, name := range slices.Sorted(maps.Keys(libraries)) {
		p.File(owner, path.Join(it.path+depsSuffix, name), *libraries[name].file)
	}
}
