// Package policy says what a machine is expected to have: libraries, and how new
// they are. It is data, pyhelper/binaries/policy.json, which the build reads too; the
// form is policy.schema.json beside it. People add files of their own in that form.
package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// fileVersion is that of the schema.
const fileVersion = 1

// builtin is our own policy in pyhelper.Files.
const builtin = "binaries/policy.json"

// Policy is what is expected of machines.
type Policy struct {
	files []file
}

// file is one policy file; the field names are those of the schema.
type file struct {
	Schema  string  `json:"$schema"`
	Version int     `json:"version"`
	System  []group `json:"system"`
	// Fallback are libraries that a bundle lends to machines that have none.
	Fallback struct {
		Why   string   `json:"why"`
		Names []string `json:"names"`
	} `json:"fallback"`
	Bundled struct {
		Why   string   `json:"why"`
		Names []string `json:"names"`
	} `json:"bundled"`
	Floors struct {
		Why   string  `json:"why"`
		Glibc []floor `json:"glibc"`
	} `json:"floors"`
	Wheels []group `json:"wheels"`
	Opened []group `json:"opened"`
}

// group is a list of libraries for a reason.
type group struct {
	Platform string   `json:"platform"`
	Since    Version  `json:"since"`
	Why      string   `json:"why"`
	Names    []string `json:"names"` // shell patterns
}

// floor is how new the libraries beside a glibc are.
type floor struct {
	Since    Version            `json:"since"`
	Tag      string             `json:"tag"`
	Versions map[string]Version `json:"versions"`
}

// Load returns our own policy with what the files add to it. Where several files
// say how new a library is, the last of them counts.
func Load(files ...string) (*Policy, error) {
	data, err := pyhelper.Files.ReadFile(builtin)
	if err != nil {
		return nil, err
	}
	p := &Policy{}
	if err := p.add(builtin, data); err != nil {
		return nil, err
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := p.add(name, data); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Policy) add(name string, data []byte) error {
	var f file
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return fmt.Errorf("%s: not a policy: %w", name, err)
	}
	if f.Version != fileVersion {
		return fmt.Errorf("%s: version %d of a policy, and this program knows %d", name, f.Version, fileVersion)
	}
	for _, g := range slices.Concat(f.System, f.Wheels, f.Opened) {
		for _, pattern := range g.Names {
			if _, err := path.Match(pattern, ""); err != nil {
				return fmt.Errorf("%s: bad pattern %q", name, pattern)
			}
		}
	}
	p.files = append(p.files, f)
	return nil
}

// IsSystem tells whether every machine with that operating system (a GOOS) is
// expected to have the library that a file needs by this name.
func (p *Policy) IsSystem(name, goos string) bool {
	for _, f := range p.files {
		for _, g := range f.System {
			if g.Platform == goos && matches(g.Names, name) {
				return true
			}
		}
	}
	return false
}

// MayOpen tells whether a program may open the file at an absolute path, for every
// machine with that operating system has it, or the program can do without.
func (p *Policy) MayOpen(name, goos string) bool {
	for _, f := range p.files {
		for _, g := range f.Opened {
			if g.Platform == goos && matches(g.Names, name) {
				return true
			}
		}
	}
	return p.IsSystem(path.Base(name), goos)
}

// IsFallback tells whether a machine's own copy of the library is right wherever there
// is one, and a packaged one serves only where there is none.
func (p *Policy) IsFallback(name string) bool {
	for _, f := range p.files {
		if matches(f.Fallback.Names, name) {
			return true
		}
	}
	return false
}

// MayNeed tells whether a wheel for the target may leave the library to the machine.
func (p *Policy) MayNeed(name string, t *Target) bool {
	for _, f := range p.files {
		for _, g := range f.Wheels {
			if g.Platform == t.Platform && !t.Version.Less(g.Since) && matches(g.Names, name) {
				return true
			}
		}
	}
	return false
}

// Floor returns how new the symbols of a family ("GLIBC", "GLIBCXX", "ZLIB") may be on
// the target; ok is false if nothing is known of it.
func (p *Policy) Floor(family string, t *Target) (v Version, ok bool) {
	if t.Platform != Manylinux {
		return v, false
	}
	if family == "GLIBC" {
		return t.Version, true
	}
	for _, f := range p.files {
		at := -1
		for i, entry := range f.Floors.Glibc {
			if !t.Version.Less(entry.Since) && (at < 0 || f.Floors.Glibc[at].Since.Less(entry.Since)) {
				at = i
			}
		}
		if at < 0 {
			continue
		}
		if version, known := f.Floors.Glibc[at].Versions[family]; known {
			v, ok = version, true
		}
	}
	return v, ok
}

// Families are those that Floor knows besides GLIBC, sorted.
func (p *Policy) Families() []string {
	var names []string
	for _, f := range p.files {
		for _, entry := range f.Floors.Glibc {
			for family := range entry.Versions {
				names = append(names, family)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// glibcOf returns the glibc that an old name of a tag ("manylinux2014") stands for.
func (p *Policy) glibcOf(tag string) (Version, bool) {
	for _, f := range p.files {
		for _, entry := range f.Floors.Glibc {
			if entry.Tag == tag {
				return entry.Since, true
			}
		}
	}
	return nil, false
}

// matches compares as a shell does, but a star matches slashes too: names on macOS
// are paths.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		flat := func(s string) string { return string(bytes.ReplaceAll([]byte(s), []byte("/"), []byte("\x00"))) }
		ok, err := path.Match(flat(pattern), flat(name))
		return err == nil && ok
	})
}
