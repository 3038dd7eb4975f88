package deps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// Change is a distribution that a new lock has and the old one has not, or the
// other way round, or of another version.
type Change struct {
	Name     string
	Old, New string // versions; "" where it is not, or is a source tree
	Added    bool
	Removed  bool
}

// String is "numpy 2.4.0 → 2.5.5", "+ numpy 2.5.5" or "- numpy 2.4.0".
func (c Change) String() string {
	switch {
	case c.Added:
		return strings.TrimSpace(fmt.Sprintf("+ %s %s", c.Name, c.New))
	case c.Removed:
		return strings.TrimSpace(fmt.Sprintf("- %s %s", c.Name, c.Old))
	}
	return fmt.Sprintf("%s %s → %s", c.Name, c.Old, c.New)
}

// changes compares two locks, the old of which may be nil. A distribution may be
// in a lock more than once, for different platforms.
func changes(old, fresh *pylock.Lock) []Change {
	was, is := versions(old), versions(fresh)
	var all []Change
	for name, v := range is {
		before, had := was[name]
		switch {
		case !had:
			all = append(all, Change{Name: name, New: v, Added: true})
		case before != v:
			all = append(all, Change{Name: name, Old: before, New: v})
		}
	}
	for name, v := range was {
		if _, has := is[name]; !has {
			all = append(all, Change{Name: name, Old: v, Removed: true})
		}
	}
	slices.SortFunc(all, func(a, b Change) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func versions(lock *pylock.Lock) map[string]string {
	all := map[string]string{}
	if lock == nil {
		return all
	}
	for _, p := range lock.Packages {
		if have, ok := all[p.Name]; ok {
			all[p.Name] = have + ", " + p.Version
		} else {
			all[p.Name] = p.Version
		}
	}
	return all
}
