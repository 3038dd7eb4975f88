package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace gives the file at path new content: at every moment, and after a power
// cut, it holds either all of the old or all of the new. Its permissions stay;
// where there is no such file yet it gets perm. A symbolic link stays one, and
// the file that it leads to is replaced.
func Replace(path string, data []byte, perm fs.FileMode) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil {
		perm = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(perm), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return File(filepath.Dir(path))
}
