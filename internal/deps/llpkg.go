package deps

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// llpkgFile is the file in which a package of llpkg says what it is made from:
//
//	{"type": "python",
//	 "upstream": {"installer": {"name": "pip"}, "package": {"name": "numpy", "version": "1.26.4"}}}
//
// The installer of a package for a C library is another one ("conan").
const llpkgFile = "llpkg.cfg"

// Pin is a distribution of one exact version that a Go package asks for.
type Pin struct {
	Name, Version string
	File          string // the llpkg.cfg that says so
}

// String is the pin as a requirement.
func (p Pin) String() string { return p.Name + "==" + p.Version }

// ReadPin returns the distribution that the Go package in a directory pins, nil
// if it pins none.
func ReadPin(dir string) (*Pin, error) {
	path := filepath.Join(dir, llpkgFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var cfg struct {
		Upstream struct {
			Installer struct{ Name string }
			Package   struct{ Name, Version string }
		}
	}
	if err := json.Unmarshal(data, &cfg); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p := cfg.Upstream.Package
	if cfg.Upstream.Installer.Name != "pip" || p.Name == "" || p.Version == "" {
		return nil, nil
	}
	return &Pin{p.Name, p.Version, path}, nil
}

// AddPins adds the pins of Go packages. What the module itself asks for stays as
// it does. Two packages that pin different versions of a distribution contradict
// each other, and only the module can decide.
func (s *Sources) AddPins(pins []Pin) error {
	own := s.Names()
	for _, pin := range pins {
		name := pylock.Normalise(pin.Name)
		if slices.Contains(own, name) {
			continue
		}
		i := slices.IndexFunc(s.Pins, func(p Pin) bool { return pylock.Normalise(p.Name) == name })
		switch {
		case i < 0:
			s.Pins = append(s.Pins, pin)
		case s.Pins[i].Version != pin.Version:
			return &conflict{s.Pins[i], pin}
		}
	}
	return nil
}

// conflict is an error: two packages pin different versions.
type conflict struct{ a, b Pin }

func (c *conflict) Error() string {
	return fmt.Sprintf("%s pins %s, but %s pins %s", c.a.File, c.a, c.b.File, c.b)
}

func (c *conflict) Hint() string {
	return fmt.Sprintf("llgo py add %s   # or the version that suits both", c.b)
}

// KeepPins adds the pins of an older lock for distributions that nothing pins
// otherwise. A lock is for a whole module, and a build sees one program of it:
// what the others pin stays until the module is locked anew.
func (s *Sources) KeepPins(record *pylock.Record) {
	if record == nil {
		return
	}
	var old []Pin
	for _, text := range record.LLPkg {
		if pin, ok := parsePin(text); ok && !slices.ContainsFunc(s.Pins, pin.sameName) {
			old = append(old, pin)
		}
	}
	_ = s.AddPins(old) // a record has each name once
}

func parsePin(text string) (Pin, bool) {
	name, version, ok := strings.Cut(text, "==")
	return Pin{Name: name, Version: version}, ok
}

func (p Pin) sameName(other Pin) bool {
	return pylock.Normalise(p.Name) == pylock.Normalise(other.Name)
}
