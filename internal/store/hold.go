package store

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A process that found or added an entry and did not root it yet must not lose it to
// the GC of another one. Each process that holds entries has a file in holds/ with
// their IDs, and a lock on it that dies with the process; GC counts the files that are
// locked as roots and removes the others.

// Hold keeps entries from GC as long as this process runs, or until Close.
// *MissingError: one of them is not there (any more).
func (s *Store) Hold(ids ...string) error {
	return s.locked(context.Background(), func() error {
		if err := s.areThere(ids); err != nil {
			return err
		}
		return s.keep(ids...)
	})
}

// keep does it, with the store's lock held: nobody meets the file without its lock.
func (s *Store) keep(ids ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hold == nil {
		s.fault("create hold")
		f, err := os.CreateTemp(s.path(holdsDir), "p")
		if err != nil {
			return err
		}
		if err := lockFile(f); err != nil {
			return errors.Join(err, f.Close())
		}
		s.hold = f
	}
	s.fault("write hold")
	_, err := io.WriteString(s.hold, strings.Join(ids, "\n")+"\n")
	return err
}

// Close gives up what the store holds for this process.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hold == nil {
		return nil
	}
	err := errors.Join(os.Remove(s.hold.Name()), s.hold.Close())
	s.hold = nil
	return err
}

// held returns what living processes hold, this one or others, and removes the files of
// dead ones. The store's lock is held.
func (s *Store) held() (own, others []string, err error) {
	names, err := os.ReadDir(s.path(holdsDir))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		path := filepath.Join(s.path(holdsDir), name.Name())
		if !isLocked(path) {
			s.fault("remove hold")
			if err := os.Remove(path); err != nil {
				return nil, nil, err
			}
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		if ids := strings.Fields(string(data)); s.holds(path) {
			own = append(own, ids...)
		} else {
			others = append(others, ids...)
		}
	}
	return own, others, nil
}

// holds tells whether a file of holds/ is that of this process.
func (s *Store) holds(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hold != nil && s.hold.Name() == path
}
