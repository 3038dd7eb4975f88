//go:build !linux

package cachedir

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// syncTree brings everything below dir to the disk, file by file.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return syncDir(path)
		case entry.Type().IsRegular():
			return syncFile(path)
		}
		return nil
	})
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if runtime.GOOS == "windows" {
		return nil // a handle opened for reading cannot be flushed there
	}
	return f.Sync()
}
