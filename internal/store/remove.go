package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// InUseError says who needs an entry that was to be removed.
type InUseError struct {
	ID    string
	Users []string // names of roots
}

func (e *InUseError) Error() string {
	return e.ID + " is needed by " + strings.Join(e.Users, ", ")
}

// Remove takes an entry out of a root and then out of the store, with its contents.
// *InUseError: another root needs it, or another entry of this one, or another process
// that runs.
func (s *Store) Remove(ctx context.Context, id, root string) error {
	return s.locked(ctx, func() error {
		var damaged *DamagedError
		if _, err := s.loadHead(id); err != nil && !errors.As(err, &damaged) {
			return err
		}
		roots, err := s.Roots()
		if err != nil {
			return err
		}
		rest := slices.DeleteFunc(roots[root], func(other string) bool { return other == id })
		roots[root] = rest
		_, held, err := s.held()
		if err != nil {
			return err
		}
		roots["a running process"] = held
		users, err := s.users(id, roots)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return &InUseError{id, users}
		}
		if err := s.setRoot(root, rest); err != nil {
			return err
		}
		if err := s.discard(id); err != nil {
			return err
		}
		_, err = s.sweepObjects()
		return err
	})
}

// users are the roots that lead to an entry, sorted.
func (s *Store) users(id string, roots map[string][]string) (users []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(roots)) {
		live, err := s.reachable(roots[name])
		if err != nil {
			return nil, err
		}
		if live[id] {
			users = append(users, name)
		}
	}
	return users, nil
}
