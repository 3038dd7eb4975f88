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
// root directory of the same length: "/./././". A directory is overwritten where a file
// below it is named, for "/src/app" may begin a string of the program's own,
// "/src/application"; goroot, which stands alone (runtime.GOROOT) and whose end
// nothing marks among the strings of a Go program, everywhere.
func neutralize(exe, goroot string, directories []string) error {
	data, err := os.ReadFile(exe)
	if err != nil {
		return err
	}
	directories = slices.Clone(directories)
	slices.SortFunc(directories, func(a, b string) int { return len(b) - len(a) }) // /a/b before /a
	clean := data
	if filepath.IsAbs(goroot) {
		clean = bytes.ReplaceAll(clean, []byte(goroot), rootOfLength(len(goroot)))
	}
	for _, dir := range directories {
		if dir = filepath.Clean(dir); filepath.IsAbs(dir) && dir != "/" {
			clean = bytes.ReplaceAll(clean, []byte(dir+"/"), append(rootOfLength(len(dir)), '/'))
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
