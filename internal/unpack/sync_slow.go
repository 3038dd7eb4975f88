//go:build darwin || (linux && !amd64 && !arm64)

package unpack

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// syncAll brings everything below dir to the disk, file by file.
func syncAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() && !entry.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}
