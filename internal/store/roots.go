package store

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
)

// Root says which entries a user of the store needs, in place of what it said before:
// GC keeps these and what they were resolved against. The name is the user's own: an
// environment's, an installation's. *MissingError: one of them is not there (any
// more). Without IDs it is Unroot.
func (s *Store) Root(name string, ids []string) error {
	return s.locked(context.Background(), func() error {
		if err := s.areThere(ids); err != nil {
			return err
		}
		return s.setRoot(name, ids)
	})
}

// Unroot says that a user of the store is no more, or was none.
func (s *Store) Unroot(name string) error { return s.Root(name, nil) }

// AddToRoot adds entries to what a user of the store needs.
func (s *Store) AddToRoot(name string, ids ...string) error {
	return s.locked(context.Background(), func() error {
		roots, err := s.Roots()
		if err != nil {
			return err
		}
		if err := s.areThere(ids); err != nil {
			return err
		}
		return s.setRoot(name, append(roots[name], ids...))
	})
}

func (s *Store) areThere(ids []string) error {
	for _, id := range ids {
		if _, err := s.loadHead(id); err != nil {
			return err
		}
	}
	return nil
}

// setRoot writes the file of a root, the lock held.
func (s *Store) setRoot(name string, ids []string) error {
	if len(ids) == 0 {
		s.fault("remove root")
		if err := os.Remove(s.rootPath(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return durable.File(s.path(rootsDir))
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	s.fault("write root")
	return durable.Replace(s.rootPath(name), []byte(strings.Join(ids, "\n")+"\n"), 0o600)
}

func (s *Store) rootPath(name string) string { return s.path(rootsDir, rootFile(name)) }

// rootFile escapes what a file name cannot have in it. None begins with a dot: those
// are the work files of Replace.
func rootFile(name string) string {
	escaped := url.QueryEscape(name)
	if strings.HasPrefix(escaped, ".") {
		escaped = "%2E" + escaped[1:]
	}
	return escaped
}

// Roots returns the users of the store and the entries that each needs.
func (s *Store) Roots() (map[string][]string, error) {
	names, err := os.ReadDir(s.path(rootsDir))
	if err != nil {
		return nil, err
	}
	roots := map[string][]string{}
	for _, name := range names {
		user, err := url.QueryUnescape(name.Name())
		if err != nil || name.Name() != rootFile(user) {
			continue // what a process left that was killed while it wrote
		}
		data, err := os.ReadFile(s.path(rootsDir, name.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		roots[user] = strings.Fields(string(data))
	}
	return roots, nil
}

// Closure returns e and what it was resolved against, directly or not, e first and
// then by name.
func (s *Store) Closure(e *Entry) ([]*Entry, error) {
	seen := map[string]*Entry{e.ID(): e}
	queue := []*Entry{e}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		for _, id := range sortedValues(next.Resolved) {
			if seen[id] != nil {
				continue
			}
			found, err := s.load(id)
			if err != nil {
				return nil, err
			}
			seen[id] = found
			queue = append(queue, found)
		}
	}
	delete(seen, e.ID())
	list := []*Entry{e}
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		list = append(list, seen[id])
	}
	return list, nil
}

func sortedValues(m map[string]string) []string { return slices.Sorted(maps.Values(m)) }

// Ref is a file of an entry.
type Ref struct {
	Entry *Entry
	Path  string
}

// Which returns the files that have a content, as it is in the store or as it was
// before RUNPATH was set: the way back from a copy.
func (s *Store) Which(h Hash) ([]Ref, error) {
	if _, ok := h.bytes(); !ok {
		return nil, &MissingError{string(h)}
	}
	ids, err := s.ids()
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, id := range ids {
		data, err := s.readEntry(id.String())
		if err != nil || !strings.Contains(string(data), string(h)) {
			continue // most of them; decoding all would take seconds
		}
		e, err := s.load(id.String())
		if err != nil {
			return nil, err
		}
		for i := range e.Files {
			if f := &e.Files[i]; f.Object == h || f.Original == h {
				refs = append(refs, Ref{e, f.Path})
			}
		}
	}
	return refs, nil
}
