//go:build !linux

package durable

import (
	"io/fs"
	"path/filepath"
)

// Tree brings everything below dir to the disk, file by file.
func Tree(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && (entry.IsDir() || entry.Type().IsRegular()) {
			err = File(path)
		}
		return err
	})
}
