package env

import (
	"cmp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// catalogue is what members are chosen from: the store.
type catalogue interface {
	Find(pattern string) (*store.Entry, error)
	Closure(e *store.Entry) ([]*store.Entry, error)
	Heads() ([]*store.Entry, error)
}

// members finds everything that a generation consists of, in the order of [Rule].
func members(s catalogue, spec Spec) ([]Laid, error) {
	heads, err := s.Heads()
	if err != nil {
		return nil, err
	}
	c := collector{store: s, heads: heads, development: spec.Development, found: map[string]*Laid{}, rank: map[string]int{}}
	for i, w := range spec.Wanted {
		if err := c.wanted(i, w.Entry); err != nil {
			return nil, err
		}
	}
	var list []Laid
	for _, m := range c.found {
		slices.Sort(m.For)
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b Laid) int {
		return cmp.Or(
			cmp.Compare(c.rank[b.Member.Entry], c.rank[a.Member.Entry]),
			strings.Compare(a.Member.Entry, b.Member.Entry))
	})
	return list, nil
}

type collector struct {
	store catalogue
	heads []*store.Entry
	// development is that of the spec.
	development bool
	found       map[string]*Laid
	rank        map[string]int // the higher goes first
}

// Ranks of what was asked for lie above those of what came with it.
const askedFor = 1 << 20

func (c *collector) wanted(i int, id string) error {
	e, err := c.store.Find(id)
	if err != nil {
		return err
	}
	c.take(e, RoleWanted, "", askedFor+i)
	closure, err := c.libraries(e, e.ID(), i)
	if err != nil {
		return err
	}
	for _, of := range closure {
		for _, head := range companions(c.heads, of, c.development) {
			data, err := c.store.Find(head.ID())
			if err != nil {
				return err
			}
			c.take(data, RoleData, e.ID(), i)
			// Of plain files hardly any has libraries; a program of a -dev package may.
			if _, err := c.libraries(data, e.ID(), i); err != nil {
				return err
			}
		}
	}
	return nil
}

// libraries takes what an entry was resolved against, for the sake of by.
func (c *collector) libraries(e *store.Entry, by string, rank int) (closure []*store.Entry, err error) {
	closure, err = c.store.Closure(e)
	for _, library := range closure {
		if id := library.ID(); id != e.ID() && id != by {
			c.take(library, RoleLibrary, by, rank)
		}
	}
	return closure, err
}

// take adds an entry, or the reason that it is there for one more.
func (c *collector) take(e *store.Entry, role Role, by string, rank int) {
	id := e.ID()
	m := c.found[id]
	if m == nil {
		m = &Laid{Member{Entry: id, Kind: e.Kind, Role: role}, e}
		c.found[id] = m
	}
	if role == RoleWanted {
		m.Role = role
	}
	if by != "" && !slices.Contains(m.For, by) {
		m.For = append(m.For, by)
	}
	c.rank[id] = max(c.rank[id], rank)
}

// companions are the plain files that go with an entry: data entries of the same
// version and of the same origin, whatever they are called (Debian's libmagic-mgc comes
// from the source of libmagic1), or whose name is that of the entry and a word more
// (hello-doc, hello-l10n). If there are several of a name, the last is taken. What is
// there to build with (libmagic-dev) comes along for development, and only then.
func companions(heads []*store.Entry, e *store.Entry, development bool) []*store.Entry {
	byName := map[string]*store.Entry{}
	for _, h := range heads {
		forBuilds := strings.HasSuffix(h.Name, "-dev") || strings.HasSuffix(h.Name, "-devel")
		if forBuilds && !development || !forBuilds && h.Kind != store.KindData || h.Version != e.Version || h.Origin.Kind != e.Origin.Kind || h.ID() == e.ID() {
			continue
		}
		if h.Origin.Name != "" && h.Origin.Name == e.Origin.Name || strings.HasPrefix(h.Name, e.Name+"-") {
			byName[h.Name] = h
		}
	}
	var list []*store.Entry
	for _, h := range byName {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b *store.Entry) int { return strings.Compare(a.Name, b.Name) })
	return list
}
