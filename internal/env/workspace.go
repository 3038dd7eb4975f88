package env

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// NewSource is a directory to be linked in, named like its last element.
func NewSource(dir string) (Source, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Source{}, err
	}
	info, err := os.Stat(abs)
	if err != nil {
		return Source{}, err
	}
	if !info.IsDir() {
		return Source{}, fmt.Errorf("%s is not a directory", dir)
	}
	name := strings.Trim(strings.Map(func(r rune) rune {
		if checkName("x"+string(r)) != nil {
			return '-'
		}
		return r
	}, filepath.Base(abs)), "._-")
	if len(name) > maxName {
		name = name[:maxName]
	}
	return Source{name, abs}, checkName(name)
}

// Workspace is the edit of a spec that links a directory in and asks for what is
// needed to build in it.
func Workspace(src Source) func(*Spec) error {
	return func(spec *Spec) error {
		for _, old := range spec.Sources {
			if old.Name == src.Name && old.Dir != src.Dir {
				return fmt.Errorf("src/%s leads to %s already", src.Name, old.Dir)
			}
		}
		if !slices.Contains(spec.Sources, src) {
			spec.Sources = append(spec.Sources, src)
		}
		spec.Development = true
		return nil
	}
}
