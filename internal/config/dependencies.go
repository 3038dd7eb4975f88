package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Dependency is a distribution that the file asks for.
type Dependency struct {
	Spec string // PEP 508
	OS   string // of whose table, as GOOS names it; "" is all of them
}

// Dependencies are the dependencies of every system's table, since a lock is for
// all of them, and those that the file gives as requirement.
func Dependencies(place Place) ([]Dependency, error) {
	data, err := os.ReadFile(place.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := &reader{file: place.display(place.file()), dir: filepath.Dir(place.file())}
	entries, err := r.entries(data)
	if err != nil {
		return nil, err
	}
	var all []Dependency
	for _, e := range entries {
		if e.name != "dependencies" && e.name != "requirement" || e.value.kind != unstable.Array {
			continue
		}
		if err := r.check(e); err != nil {
			return nil, err
		}
		for _, v := range e.value.all() {
			all = append(all, Dependency{v.text, e.system})
		}
	}
	return all, nil
}
