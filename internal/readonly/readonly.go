// Package readonly is about directory trees that nobody writes to by accident.
package readonly

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Close takes the right to change them from all directories of a tree.
func Close(tree string) error {
	return filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(name, 0o555)
	})
}

// Remove removes a tree, with the directories in it that were closed, whom RemoveAll
// stumbles over unless it is root's.
func Remove(tree string) error {
	if os.RemoveAll(tree) == nil {
		return nil
	}
	_ = filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(name, 0o700)
		}
		return nil // RemoveAll says what is wrong
	})
	return os.RemoveAll(tree)
}
