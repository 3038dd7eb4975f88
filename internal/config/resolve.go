package config

import (
	"path/filepath"
	"strings"
)

// FileName is the file that has the table, beside go.mod.
const FileName = "pyproject.toml"

// Table is the path of the table in the file: of the general one, or with the name
// of an operating system of the one for that alone.
func Table(system string) []string {
	if system == "" {
		return []string{"tool", "llgo-py"}
	}
	return []string{"tool", "llgo-py", system}
}

// Place says what settings are for. Directories are absolute.
type Place struct {
	Dir    string // the working directory: of relative paths in flags
	Module string // the directory of go.mod
	OS     string // as runtime.GOOS names it
}

// file is where the table is, if there is one.
func (p Place) file() string { return filepath.Join(p.Module, FileName) }

// display is a path as people know it.
func (p Place) display(path string) string {
	if rel, err := filepath.Rel(p.Dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}

// Resolve returns what is set by the file and the flags. Mistakes in either are
// errors of one line that begins with the flag, or with file and line.
func Resolve(flags *Flags, place Place) (*Settings, error) {
	s := &Settings{}
	for _, k := range keys {
		if field, ok := k.of(s).(*String); ok {
			field.Value = k.def
		}
	}
	if err := s.readFile(place); err != nil {
		return nil, err
	}
	if err := flags.Check(); err != nil {
		return nil, err
	}
	for _, g := range flags.given {
		g.key.set(s, g.value, place.Dir, Origin{Flag: g.flag()})
	}
	return s, nil
}
