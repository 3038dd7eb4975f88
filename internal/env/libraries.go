package env

import (
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

// layLibraries makes every native file find the libraries that its entry was resolved
// against. It comes last: only now it is known what lies in lib/.
func (p *Plan) layLibraries() error {
	byID := map[string]*store.Entry{}
	for _, m := range p.members {
		byID[m.Member.Entry] = m.Entry
	}
	for _, it := range p.sorted() {
		if it.native == nil || len(it.native.Needed) == 0 || path.Dir(it.path) == libDir || it.private {
			continue
		}
		libraries, err := p.libraries(byID, it)
		if err != nil {
			return err
		}
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
	return nil
}

// libraries are those that a native file is to be given. A CPython is laid as the tree
// that it is, in which its own search paths lead to its own.
func (p *Plan) libraries(byID map[string]*store.Entry, it *item) ([]*store.Library, error) {
	found, _, err := store.Libraries(byID, it.owner, it.native)
	return slices.DeleteFunc(found, func(l *store.Library) bool {
		return l.Entry == it.owner && l.Entry.Kind == store.KindPython
	}), err
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
func (p *Plan) common(libraries []*store.Library) bool {
	for _, l := range libraries {
		it := p.items[path.Join(libDir, l.Name)]
		if it == nil || !p.same(it, l.File.Object) {
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
func (p *Plan) deps(it *item, libraries []*store.Library) {
	owner := Laid{Member: Member{Entry: it.entry}}
	for _, l := range libraries {
		p.File(owner, path.Join(it.path+depsSuffix, l.Name), *l.File)
	}
}
