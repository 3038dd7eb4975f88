package store

import (
	"context"
	"errors"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

// Removed says what GC removes.
type Removed struct {
	Entries []string // IDs
	Bytes   int64    // of contents; those that environments still have links to are freed with them
}

// GC removes the entries that nobody needs: neither a root nor a living process,
// nor an entry that somebody needs and that was resolved against it; then the contents
// that no entry has. With dry, it only says which entries.
func (s *Store) GC(ctx context.Context, dry bool) (r Removed, err error) {
	err = s.locked(ctx, func() error {
		garbage, err := s.garbage()
		if r.Entries = garbage; err != nil || dry {
			return err
		}
		for _, id := range garbage {
			if err := errors.Join(ctx.Err(), s.discard(id)); err != nil {
				return err
			}
		}
		r.Bytes, err = s.sweepObjects()
		return err
	})
	return r, err
}

// garbage returns the entries that nobody needs.
func (s *Store) garbage() ([]string, error) {
	live, err := s.live()
	if err != nil {
		return nil, err
	}
	ids, err := s.ids()
	if err != nil {
		return nil, err
	}
	var garbage []string
	for _, id := range ids {
		if !live[id.String()] {
			garbage = append(garbage, id.String())
		}
	}
	return garbage, nil
}

// live are the entries that are needed. One that is needed and cannot be read makes
// this fail: what it was resolved against would be lost.
func (s *Store) live() (map[string]bool, error) {
	roots, err := s.Roots()
	if err != nil {
		return nil, err
	}
	own, others, err := s.held()
	if err != nil {
		return nil, err
	}
	queue := append(own, others...)
	for _, ids := range roots {
		queue = append(queue, ids...)
	}
	return s.reachable(queue)
}

// reachable are the entries and what they were resolved against, directly or not.
func (s *Store) reachable(queue []string) (map[string]bool, error) {
	live := map[string]bool{}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if live[id] {
			continue
		}
		live[id] = true
		e, err := s.loadHead(id)
		var missing *MissingError
		if errors.As(err, &missing) {
			continue // Verify tells of it
		}
		if err != nil {
			return nil, err
		}
		for _, other := range e.Resolved {
			queue = append(queue, other)
		}
	}
	return live, nil
}

// discard removes an entry: its name at once, then its files.
func (s *Store) discard(id string) error {
	away := s.path(workDir, "removed-"+id)
	s.fault("rename removed")
	if err := os.Rename(s.path(entriesDir, id), away); err != nil {
		return err
	}
	s.fault("remove removed")
	return readonly.Remove(away)
}

// sweepObjects removes the contents that no entry has. An entry that cannot be read
// makes this fail: its contents would be lost.
func (s *Store) sweepObjects() (freed int64, err error) {
	entries, err := s.Entries()
	if err != nil {
		return 0, err
	}
	used := map[string]bool{}
	for _, e := range entries {
		for i := range e.Files {
			if f := &e.Files[i]; f.Link == "" {
				used[s.Object(f.Object, f.Executable)] = true
			}
		}
	}
	return s.pool().Sweep(func(path string, _ uint64) bool { return used[path] })
}
