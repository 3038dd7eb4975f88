package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

// inSpool does work with a directory below work/ that is this process's own: a file in
// it has a lock that dies with the process, and who sweeps work/ leaves such alone. So
// what takes long needs no lock of the store. The directory is gone afterwards.
func (s *Store) inSpool(ctx context.Context, work func(dir string) error) error {
	var dir string
	var lock *os.File
	err := s.locked(ctx, func() (err error) {
		dir, lock, err = s.makeSpool()
		return err
	})
	if err != nil {
		return err
	}
	err = work(dir)
	s.fault("remove work")
	return errors.Join(err, readonly.Remove(dir), lock.Close())
}

// makeSpool makes it, with the store's lock held: nobody meets it without its own.
func (s *Store) makeSpool() (dir string, lock *os.File, err error) {
	s.fault("mkdir work")
	if dir, err = os.MkdirTemp(s.path(workDir), "w"); err != nil {
		return "", nil, err
	}
	s.fault("lock work")
	lock, err = os.Create(filepath.Join(dir, lockName))
	if err != nil {
		return "", nil, err
	}
	if err := lockFile(lock); err != nil {
		return "", nil, errors.Join(err, lock.Close())
	}
	return dir, lock, nil
}
