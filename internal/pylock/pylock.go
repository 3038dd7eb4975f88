// Package pylock reads and writes pylock.toml (PEP 751): the exact distributions
// that a Python environment consists of, each file with its hashes.
//
// The text of a lock is uv's, and stays as uv wrote it, so that people read the
// difference between two of them. What this package adds is a comment at the top
// and the table [tool.llgo-py], the Record of what the lock was resolved from.
// Whether a lock is stale is decided by that record, never by time.
package pylock

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// FileName is what PEP 751 calls a lock without a name.
const FileName = "pylock.toml"

// Lock is one pylock.toml.
type Lock struct {
	Text     string
	Packages []Package
	Record   *Record // nil if someone else wrote the lock

	entries []entry
}

// Package is one distribution of a lock, as far as it matters here.
type Package struct {
	Name      string // normalised
	Version   string // "" for a source tree
	Marker    string // PEP 508: which environments it is for; "" is all
	Directory string // of a source tree on this machine, relative to the lock or absolute
}

// Record is the table [tool.llgo-py] of a lock: what it was resolved from.
type Record struct {
	Python       string   `toml:"python"`                                                    // "3.14"
	Requirements []string `toml:"requirements,multiline"`                                    // of the project, sorted
	LLPkg        []string `toml:"llpkg,multiline,omitempty"`                                 // what packages pin in llpkg.cfg, sorted
	Settings     string   `toml:"settings,omitempty" comment:"of uv: [tool.uv] and uv.toml"` // hash of [tool.uv] and uv.toml
}

const toolName = "llgo-py"

const comment = "# Written by llgo from the dependencies of the project; llgo py lock --upgrade takes newer versions.\n"

// document is what this package reads of a lock.
type document struct {
	Version  string `toml:"lock-version"`
	Packages []entry
	Tool     struct {
		Record *Record `toml:"llgo-py"`
	}
}

type entry struct {
	Name, Version, Marker string
	Directory             struct{ Path string }
	Wheels                []file
	Archive               file
}

// Parse reads a lock. Errors say what is wrong, not in which file.
func Parse(text string) (*Lock, error) {
	l := &Lock{Text: text}
	var known document
	if err := toml.Unmarshal([]byte(text), &known); err != nil {
		return nil, err
	}
	if major, _, _ := strings.Cut(known.Version, "."); major != "1" {
		return nil, fmt.Errorf("lock-version %q, and only 1.0 is known", known.Version)
	}
	l.Record, l.entries = known.Tool.Record, known.Packages
	for _, p := range known.Packages {
		l.Packages = append(l.Packages, Package{Normalise(p.Name), p.Version, p.Marker, p.Directory.Path})
	}
	return l, nil
}

// Directories are the packages that are source trees on this machine.
func (l *Lock) Directories() []Package {
	return slices.DeleteFunc(slices.Clone(l.Packages), func(p Package) bool { return p.Directory == "" })
}

// Has tells whether a distribution is in the lock, by its normalised name.
func (l *Lock) Has(name string) bool {
	return slices.ContainsFunc(l.Packages, func(p Package) bool { return p.Name == name })
}

// WithRecord returns the text of a lock that uv wrote, with the record.
func WithRecord(text string, r Record) (string, error) {
	slices.Sort(r.Requirements)
	slices.Sort(r.LLPkg)
	table, err := toml.Marshal(map[string]any{"tool": map[string]any{toolName: r}})
	if err != nil {
		return "", err
	}
	_, body, _ := strings.Cut(string(table), "[tool."+toolName+"]\n")
	return comment + strings.TrimRight(text, "\n") + "\n\n[tool." + toolName + "]\n" + body, nil
}

// Preferring is a lock that installs nothing, and from which uv takes versions, by name,
// for another one.
func Preferring(versions map[string]string) (string, error) {
	type pinned struct {
		Name    string `toml:"name"`
		Version string `toml:"version"`
	}
	document := struct {
		Version  string   `toml:"lock-version"`
		By       string   `toml:"created-by"`
		Packages []pinned `toml:"packages"`
	}{Version: "1.0", By: toolName}
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		document.Packages = append(document.Packages, pinned{name, versions[name]})
	}
	text, err := toml.Marshal(document)
	return string(text), err
}

// Installable is the lock as it is installed from another directory than its own:
// paths are absolute, and an editable source tree is installed like any other,
// because a packaged program has its own copy of every file.
func (l *Lock) Installable(dir string) (string, error) {
	var document map[string]any
	if err := toml.Unmarshal([]byte(l.Text), &document); err != nil {
		return "", err
	}
	packages, _ := document["packages"].([]any)
	for _, p := range packages {
		anchor(p, dir)
	}
	delete(document, "tool")
	text, err := toml.Marshal(document)
	return string(text), err
}

// anchor makes every path below a value absolute and drops "editable".
func anchor(value any, dir string) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			anchor(item, dir)
		}
	case map[string]any:
		delete(v, "editable")
		if path, ok := v["path"].(string); ok && !filepath.IsAbs(path) {
			v["path"] = filepath.Join(dir, filepath.FromSlash(path))
		}
		for _, item := range v {
			anchor(item, dir)
		}
	}
}

// Moved returns the text of a lock that uv wrote into one directory with the
// paths that it has in another.
func Moved(text, from, to string) string {
	return pathValue.ReplaceAllStringFunc(text, func(match string) string {
		path := pathValue.FindStringSubmatch(match)[1]
		if filepath.IsAbs(path) {
			return match
		}
		if rel, err := filepath.Rel(to, filepath.Join(from, filepath.FromSlash(path))); err == nil {
			path = filepath.ToSlash(rel)
		}
		return fmt.Sprintf("path = %q", path)
	})
}

// uv writes paths in inline tables: directory = { path = "lib" }.
var pathValue = regexp.MustCompile(`\bpath = "([^"\\]*)"`)

var separators = regexp.MustCompile(`[-_.]+`)

// Normalise returns the normalised name of a distribution (PEP 503).
func Normalise(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}
