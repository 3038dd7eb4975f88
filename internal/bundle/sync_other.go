//go:build !linux

package bundle

import (
	"io/fs"
	"path/filepath"
)

// syncTree brings everything below dir to the disk.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && (entry.IsDir() || entry.Type().IsRegular()) {
			err = syncFile(name)
		}
		return err
	})
}
