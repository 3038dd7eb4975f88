package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var managedVersion = regexp.MustCompile(`^3\.[0-9]+(\.[0-9]+)?$`)

// IsManagedVersion reports whether a value of python names a managed CPython
// ("3.11") and not a path.
func IsManagedVersion(python string) bool { return managedVersion.MatchString(python) }

// isName reports whether a value of python is a managed version or the name of a
// command, and not a path relative to dir.
func isName(dir, python string) bool {
	if IsManagedVersion(python) {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, python))
	return err != nil && !strings.ContainsRune(python, filepath.Separator)
}

// Python is a value of python as the flag in the directory dir means it: a name
// as it is, a path absolute.
func Python(dir, python string) string {
	if isName(dir, python) {
		return python
	}
	return join(dir, python)
}
