package install

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// state is what is in WHERE.
type state struct {
	in      *Installer
	records map[string]*Record
	// except is the record that will be replaced: what it claims is free.
	except string
}

// claim is the file of another record that has this path, nil if none has.
func (s *state) claim(path string) (*Placed, *Record) {
	for key, r := range s.records {
		if key == s.except {
			continue
		}
		if f := r.file(path); f != nil {
			return f, r
		}
	}
	return nil, nil
}

// mine is the file of the record that will be replaced.
func (s *state) mine(path string) *Placed {
	if r := s.records[s.except]; r != nil {
		return r.file(path)
	}
	return nil
}

// free tells whether a content may be placed at a path: nothing is there, or the
// same.
func (s *state) free(path string, object store.Hash) bool {
	if f, _ := s.claim(path); f != nil {
		return f.Object == object
	}
	if s.mine(path) != nil {
		return true
	}
	sum, kind, err := s.in.look(path)
	return err == nil && (kind == absent || kind == isFile && sum == object)
}

// What there is at a path.
type what int

const (
	absent what = iota
	isFile
	isLink
	other
)

// look says what is at a path: of a file the hash, of a link the target.
func (in *Installer) look(path string) (store.Hash, what, error) {
	name := in.at(path)
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", absent, nil
	case err != nil:
		return "", other, err
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(name)
		return store.Hash(target), isLink, err
	case info.Mode().IsRegular():
		sum, err := store.HashOfFile(name)
		return sum, isFile, err
	}
	return "", other, nil
}

// is tells whether a file is at its place, as it should be.
func (in *Installer) is(f Placed) (bool, error) {
	found, kind, err := in.look(f.Path)
	if err != nil {
		return false, err
	}
	if f.Link != "" {
		return kind == isLink && string(found) == f.Link, nil
	}
	if kind != isFile || found != f.Object {
		return false, nil
	}
	info, err := os.Lstat(in.at(f.Path))
	return err == nil && (info.Mode().Perm()&0o111 != 0) == f.Executable, err
}

// OccupiedError says that something else is where a file should be.
type OccupiedError struct {
	Path string // on the disk
	By   string // the record that has it, "" if none
}

func (e *OccupiedError) Error() string {
	if e.By != "" {
		return fmt.Sprintf("%s belongs to %s", e.Path, e.By)
	}
	return e.Path + " is there already, and was not installed from the store"
}

// Hint says what to do.
func (e *OccupiedError) Hint() string {
	if e.By != "" {
		return "llgo py uninstall " + e.By + "   # or install into another directory"
	}
	return "move it away, or install into another directory"
}
