package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/llgo-pypack/llgo-pypack/internal/nearest"
)

// systems are the tables for one operating system, named as GOOS.
var systems = []string{"linux", "darwin", "windows"}

// readFile takes over what the file sets: its general part, then what is only
// for the system. Mistakes in the tables of other systems are errors too.
func (s *Settings) readFile(place Place) error {
	data, err := os.ReadFile(place.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	r := &reader{file: place.display(place.file()), dir: filepath.Dir(place.file())}
	entries, err := r.entries(data)
	if err != nil {
		return err
	}
	var general, own []entry
	for _, e := range entries {
		if err := r.check(e); err != nil {
			return err
		}
		switch e.system {
		case "":
			general = append(general, e)
		case place.OS:
			own = append(own, e)
		}
	}
	for _, e := range slices.Concat(general, own) {
		e.set(s, r)
	}
	return nil
}

// reader reads one file.
type reader struct {
	file string // as messages name it
	dir  string
}

// mistake is an error at a line of the file.
func (r *reader) mistake(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", r.file, line, fmt.Sprintf(format, args...))
}

// entry is a setting as the file has it.
type entry struct {
	system string // of whose table, or ""
	name   string
	line   int
	value  node
}

// entries returns what stands in [tool.llgo-py].
func (r *reader) entries(data []byte) ([]entry, error) {
	// The parser with positions sees syntax only. What a document must not have
	// besides, a key twice above all, Unmarshal finds.
	var whole map[string]any
	var wrong *toml.DecodeError
	if err := toml.Unmarshal(data, &whole); errors.As(err, &wrong) {
		line, _ := wrong.Position()
		return nil, r.mistake(line, "%s", wrong.Error())
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", r.file, err)
	}
	var all []entry
	for _, leaf := range leaves(data) {
		e, err := r.entry(leaf)
		if err != nil {
			return nil, err
		}
		if e != nil {
			all = append(all, *e)
		}
	}
	return all, nil
}

// entry returns the setting that a leaf of the document is, nil for one of
// someone else's.
func (r *reader) entry(l leaf) (*entry, error) {
	if len(l.path) < 2 || l.path[0] != "tool" || l.path[1] != "llgo-py" {
		return nil, nil
	}
	rest := l.path[2:]
	e := &entry{line: l.line, value: l.value}
	if len(rest) > 0 && slices.Contains(systems, rest[0]) {
		e.system, rest = rest[0], rest[1:]
	}
	switch {
	case len(rest) == 0 && l.value.kind == unstable.Table:
		return nil, nil // an empty one
	case len(rest) == 0:
		return nil, r.mistake(l.line, "%s must be a table, not %s", l.path[len(l.path)-1], l.value)
	}
	e.name = rest[0]
	if len(rest) > 1 {
		e.value = node{kind: unstable.Table, line: l.line}
	}
	return e, nil
}

// check says whether the setting exists and has such a value.
func (r *reader) check(e entry) error {
	k, ok := find(e.name, "file")
	if !ok {
		return r.unknown(e)
	}
	want, fits := "a string", e.value.kind == unstable.String
	switch {
	case k.list:
		want, fits = "an array of strings", e.value.kind == unstable.Array
	case k.bool:
		want, fits = "true or false", e.value.kind == unstable.Bool
	}
	if !fits {
		return r.mistake(e.value.line, "%s must be %s, not %s", e.name, want, e.value)
	}
	for _, v := range e.value.all() {
		if k.list && v.kind != unstable.String {
			return r.mistake(v.line, "%s must be an array of strings, and has %s", e.name, v)
		}
		if wrong := k.check(v.text); wrong != "" {
			return r.mistake(v.line, "%s = %q: %s", e.name, v.text, wrong)
		}
	}
	return nil
}

// unknown is the error for a setting that does not exist, with the one that was
// perhaps meant.
func (r *reader) unknown(e entry) error {
	if _, ok := find(e.name, "flag"); ok {
		return r.mistake(e.line, "%s can only be given as a flag, --%s%s", e.name, FlagPrefix, e.name)
	}
	candidates := names("file")
	what := "setting"
	if e.value.kind == unstable.Table && e.system == "" {
		candidates, what = append(candidates, systems...), "table"
	}
	if near := nearest.Of(e.name, candidates); near != "" {
		return r.mistake(e.line, "unknown %s %s: did you mean %s?", what, e.name, near)
	}
	return r.mistake(e.line, "unknown %s %s", what, e.name)
}

// set takes a checked entry over.
func (e entry) set(s *Settings, r *reader) {
	k, _ := find(e.name, "file")
	for _, v := range e.value.all() {
		k.set(s, v.text, r.dir, Origin{File: r.file, Line: v.line})
	}
}
