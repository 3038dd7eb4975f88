package compiler

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// neutralize overwrites directories of this machine in an executable, as -trimpath
// leaves them out with stock Go. Nothing may move, so each becomes a name of the
// root directory of the same length: "/./././".
func neutralize(exe string, directories []string) error {
	data, err := os.ReadFile(exe)
	if err != nil {
		return err
	}
	directories = slices.Clone(directories)
	slices.SortFunc(directories, func(a, b string) int { return len(b) - len(a) }) // /a/b before /a
	clean := data
	for _, dir := range directories {
		// Of short ones ("/", "/usr") too much else is a part.
		if filepath.IsAbs(dir) && strings.Count(filepath.Clean(dir), "/") >= 2 {
			clean = bytes.ReplaceAll(clean, []byte(dir), rootOfLength(len(dir)))
		}
	}
	if bytes.Equal(clean, data) {
		return nil
	}
	fi, err := os.Stat(exe)
	if err != nil {
		return err
	}
	return os.WriteFile(exe, clean, fi.Mode().Perm())
}

func rootOfLength(n int) []byte {
	return []byte(strings.Repeat("/.", n/2) + strings.Repeat("/", n%2))
}
