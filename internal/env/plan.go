package env

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/links"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// A Plan is a generation before it is on the disk: every file, and where it comes
// from. Layers add to it, the ones that matter most first: of two that want a path
// the first has it, the other is noted as a conflict.
type Plan struct {
	// Home is the path by which the environment is reached, now and after each change:
	// envs/<name>/current. What is written into files must be this one.
	Home string
	Spec Spec

	members []Laid
	// search are the directories for PATH.
	search    []string
	items     map[string]*item
	dirs      map[string]string // every directory of an item → the entry that needs it
	conflicts map[string]*Conflict
	store     contents
}

// contents is what a plan asks of the store.
type contents interface {
	Object(h store.Hash, executable bool) string
}

// Laid is a member with its entry.
type Laid struct {
	Member
	*store.Entry
}

// item is a file or link of a generation. Exactly one of from, link and content says
// what it is.
type item struct {
	path     string
	entry    string // ID; "" for what the environment makes itself
	from     string // the file to place
	file     store.File
	how      links.How
	link     string // target of a symbolic link
	content  []byte
	mode     fs.FileMode // of content
	identity string      // equal for equal items
	native   *store.Native
	owner    *store.Entry // of a native file
	private  bool         // it finds its libraries by itself
}

func newPlan(home string, spec Spec, s contents) *Plan {
	return &Plan{Home: home, Spec: spec, store: s,
		items: map[string]*item{}, dirs: map[string]string{}, conflicts: map[string]*Conflict{}}
}

// Members returns the entries of the generation, those that matter most first; of one
// kind only, if one is given.
func (p *Plan) Members(kinds ...string) []Laid {
	return slices.DeleteFunc(slices.Clone(p.members), func(m Laid) bool {
		return len(kinds) > 0 && !slices.Contains(kinds, m.Entry.Kind)
	})
}

// File lays a file or symbolic link of a member at a path.
func (p *Plan) File(m Laid, to string, f store.File) {
	it := &item{path: to, entry: m.Member.Entry, link: f.Link}
	if f.Link == "" {
		it.from, it.file = p.store.Object(f.Object, f.Executable), f
		it.identity = fmt.Sprintf("%s %v", f.Object, f.Executable)
		it.native, it.owner = f.Native, m.Entry
	}
	p.add(it)
}

// RealFile is File for what must have that path as its real one even where symbolic
// links are the only links: a program that looks around itself.
func (p *Plan) RealFile(m Laid, to string, f store.File) {
	p.File(m, to, f)
	if it := p.items[to]; it != nil && it.entry == m.Member.Entry {
		it.how.Real = true
	}
}

// Private says of a file that was laid that it finds its libraries where its entry has
// them, and none in the environment: those of a bundle, of a wheel.
func (p *Plan) Private(to string) {
	if it := p.items[to]; it != nil {
		it.private = true
	}
}

// Symlink lays a symbolic link; m may be the zero Laid, for one that the environment
// itself needs.
func (p *Plan) Symlink(m Laid, to, target string) {
	p.add(&item{path: to, entry: m.Member.Entry, link: target})
}

// Content lays a file that is made here; m as for Symlink.
func (p *Plan) Content(m Laid, to string, data []byte, mode fs.FileMode) {
	sum := sha256.Sum256(data)
	p.add(&item{path: to, entry: m.Member.Entry, content: data, mode: mode, identity: hex.EncodeToString(sum[:]) + mode.String()})
}

// SearchPath puts a directory of the environment on the PATH of its users.
func (p *Plan) SearchPath(dir string) {
	if !slices.Contains(p.search, dir) {
		p.search = append(p.search, dir)
	}
}

// Has tells whether something lies at a path, or below it.
func (p *Plan) Has(path string) bool {
	_, isDir := p.dirs[path]
	return isDir || p.items[path] != nil
}

// add takes an item, or notes the conflict.
func (p *Plan) add(it *item) {
	if it.link != "" {
		it.identity = "-> " + it.link
	}
	if have := p.items[it.path]; have != nil {
		if have.identity != it.identity {
			p.conflict(it.path, have.entry, it.entry)
		}
		return
	}
	if first, ok := p.dirs[it.path]; ok { // a file where others have a directory
		p.conflict(it.path, first, it.entry)
		return
	}
	for dir := path.Dir(it.path); dir != "."; dir = path.Dir(dir) {
		if have := p.items[dir]; have != nil { // a directory where others have a file
			p.conflict(dir, have.entry, it.entry)
			return
		}
	}
	for dir := path.Dir(it.path); dir != "."; dir = path.Dir(dir) {
		if _, ok := p.dirs[dir]; !ok {
			p.dirs[dir] = it.entry
		}
	}
	p.items[it.path] = it
}

func (p *Plan) conflict(path, kept, hidden string) {
	c := p.conflicts[path]
	if c == nil {
		c = &Conflict{Path: path, Kept: kept}
		p.conflicts[path] = c
	}
	if hidden != kept && !slices.Contains(c.Hidden, hidden) {
		c.Hidden = append(c.Hidden, hidden)
	}
}

// sorted returns the items by path.
func (p *Plan) sorted() []*item {
	var list []*item
	for _, it := range p.items {
		list = append(list, it)
	}
	slices.SortFunc(list, func(a, b *item) int { return strings.Compare(a.path, b.path) })
	return list
}

// decided returns the conflicts by path.
func (p *Plan) decided() []Conflict {
	var list []Conflict
	for _, c := range p.conflicts {
		if len(c.Hidden) > 0 {
			slices.Sort(c.Hidden)
			list = append(list, *c)
		}
	}
	slices.SortFunc(list, func(a, b Conflict) int { return strings.Compare(a.Path, b.Path) })
	return list
}
