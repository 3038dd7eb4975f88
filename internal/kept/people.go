package kept

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// dataSuffix ends the name of a file that is called after the SHA-256 of its content;
// the go command's cache calls it so.
const dataSuffix = "-d"

// Verify compares the contents in the store at dir with their names, and returns a line
// for each that differs. A build takes none of these, and makes it anew.
func Verify(dir string) (problems []string, err error) {
	err = walk(dir, func(path string, _ fs.FileInfo) error {
		name, ok := strings.CutSuffix(filepath.Base(path), dataSuffix)
		if !ok {
			return nil
		}
		sum, err := objects.HexOfFile(path)
		if err == nil && sum != name {
			problems = append(problems, path+" is not as it was kept")
		}
		return err
	})
	return problems, err
}

// Trim removes what was not used for as long as unused from the store at dir, and returns
// how many bytes that were.
func Trim(dir string, unused time.Duration) (freed int64, err error) {
	err = walk(dir, func(path string, info fs.FileInfo) error {
		if time.Since(info.ModTime()) <= unused {
			return nil
		}
		freed += info.Size()
		return os.Remove(path)
	})
	return freed, err
}

// walk calls visit for all files but those beside the contents.
func walk(dir string, visit func(path string, info fs.FileInfo) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == dir {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return visit(path, info)
	})
}
