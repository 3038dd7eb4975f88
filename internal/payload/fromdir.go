//go:build !llgopy

package payload

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FromDir returns the sources of everything below dir, with the modes that it has there.
func FromDir(dir string) ([]Source, error) {
	var sources []Source
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		s, err := fromFile(name, entry)
		if err != nil || s == nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		s.Path = filepath.ToSlash(rel)
		sources = append(sources, *s)
		return err
	})
	return sources, err
}

// fromFile returns the source of one file but for its path, nil for a directory that
// others imply.
func fromFile(name string, entry fs.DirEntry) (*Source, error) {
	info, err := entry.Info()
	if err != nil {
		return nil, err
	}
	s := &Source{Mode: info.Mode()}
	switch info.Mode().Type() {
	case fs.ModeDir:
		inside, err := os.ReadDir(name)
		if err != nil || len(inside) > 0 {
			return nil, err
		}
	case fs.ModeSymlink:
		target, err := os.Readlink(name)
		s.Target = filepath.ToSlash(target)
		return s, err
	default:
		s.File, s.Size = name, info.Size()
		s.Open = func() (io.ReadCloser, error) { return os.Open(name) }
	}
	return s, nil
}
