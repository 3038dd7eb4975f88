package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

// build makes the directory of an entry: what is known of it, the list of sums, and
// the tree of links to objects. Nothing in it can be written to. The directory itself
// stays writable for its owner: without that, nobody but root may move it.
func (s *Store) build(e *Entry, dir string) error {
	tree := filepath.Join(dir, filesDir)
	s.fault("mkdir entry")
	if err := os.MkdirAll(tree, 0o700); err != nil {
		return err
	}
	made := map[string]bool{".": true}
	for i := range e.Files {
		f := &e.Files[i]
		if err := s.makeParents(tree, path.Dir(f.Path), made); err != nil {
			return err
		}
		if err := s.place(f, filepath.Join(tree, f.Path)); err != nil {
			return err
		}
	}
	for name, data := range e.descriptions() {
		s.fault("write description")
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o444); err != nil {
			return err
		}
	}
	return readonly.Close(tree)
}

// descriptions are the files beside the tree.
func (e *Entry) descriptions() map[string][]byte {
	return map[string][]byte{entryFile: e.encode(), sumsFile: objects.EncodeSums(e.sums())}
}

func (s *Store) makeParents(tree, dir string, made map[string]bool) error {
	if made[dir] {
		return nil
	}
	if err := s.makeParents(tree, path.Dir(dir), made); err != nil {
		return err
	}
	made[dir] = true
	s.fault("mkdir in tree")
	return os.Mkdir(filepath.Join(tree, dir), 0o700)
}

// place makes one file or link of a tree.
func (s *Store) place(f *File, name string) error {
	if f.Link != "" {
		s.fault("symlink")
		return os.Symlink(f.Link, name)
	}
	sum, _ := f.Object.bytes()
	_, err := s.pool().Place(sum, f.Executable, name)
	return err
}

func (e *Entry) sums() (list []objects.Sum) {
	for i := range e.Files {
		if f := &e.Files[i]; f.Link == "" {
			sum, _ := f.Object.bytes()
			list = append(list, objects.Sum{Path: f.Path, Hash: sum})
		}
	}
	return list
}

// mend makes the files of an entry what they should be, one by one, so that at every
// moment each is there, old or new. The objects are right already.
func (s *Store) mend(e *Entry, work string) error {
	tree := s.Tree(e)
	for i := range e.Files {
		f := &e.Files[i]
		if s.isPlaced(f, filepath.Join(tree, f.Path)) {
			continue
		}
		if err := s.mendFile(f, tree, work); err != nil {
			return err
		}
	}
	return errors.Join(s.mendDescriptions(e, work), readonly.Close(tree))
}

func (s *Store) mendDescriptions(e *Entry, work string) error {
	fresh := filepath.Join(work, "description")
	for name, want := range e.descriptions() {
		path := s.path(entriesDir, e.ID(), name)
		if data, err := os.ReadFile(path); err == nil && bytes.Equal(data, want) {
			continue
		}
		s.fault("mend description")
		if err := errors.Join(os.WriteFile(fresh, want, 0o444), os.Rename(fresh, path)); err != nil {
			return err
		}
	}
	return nil
}

// mendUsers mends the entries that have damaged objects which were replaced.
func (s *Store) mendUsers(replaced []string, work string) error {
	if len(replaced) == 0 {
		return nil
	}
	entries, err := s.Entries()
	if err != nil {
		return err
	}
	for _, e := range entries {
		has := func(f File) bool { return f.Link == "" && slices.Contains(replaced, s.Object(f.Object, f.Executable)) }
		if slices.ContainsFunc(e.Files, has) {
			if err := s.mend(e, work); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) mendFile(f *File, tree, work string) error {
	if err := openDirectories(tree, path.Dir(f.Path)); err != nil {
		return err
	}
	fresh, name := filepath.Join(work, "mended"), filepath.Join(tree, f.Path)
	if err := s.place(f, fresh); err != nil {
		return err
	}
	if info, err := os.Lstat(name); err == nil && info.IsDir() {
		s.fault("remove directory")
		if err := readonly.Remove(name); err != nil {
			return err
		}
	}
	s.fault("mend")
	return os.Rename(fresh, name)
}

// openDirectories makes the directories on the way to a file ones that can be changed.
func openDirectories(tree, dir string) error {
	if dir != "." {
		if err := openDirectories(tree, path.Dir(dir)); err != nil {
			return err
		}
	}
	name := filepath.Join(tree, dir)
	info, err := os.Lstat(name)
	switch {
	case err == nil && info.IsDir():
		return os.Chmod(name, 0o700)
	case err == nil:
		if err := os.Remove(name); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return os.Mkdir(name, 0o700)
}

// isPlaced tells whether a file of a tree is the object, or a copy of it that nobody
// touched, or the link that it should be.
func (s *Store) isPlaced(f *File, name string) bool {
	if f.Link != "" {
		target, err := os.Readlink(name)
		return err == nil && target == f.Link
	}
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Mode() != objects.Permissions(f.Executable) {
		return false
	}
	object, err := os.Lstat(s.Object(f.Object, f.Executable))
	if err == nil && os.SameFile(info, object) {
		return true
	}
	sum, err := HashOfFile(name)
	return err == nil && sum == f.Object
}
