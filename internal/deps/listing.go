package deps

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/reqs"
)

// place is a list of requirements beside go.mod, or one entry of it.
type place struct {
	table []string // of pyproject.toml; nil for requirements.txt
	key   string
	spec  string // the entry; "" for the list itself
}

// String is "[project] dependencies" or "requirements.txt".
func (p place) String() string {
	if p.table == nil {
		return RequirementsFile
	}
	return "[" + strings.Join(p.table, ".") + "] " + p.key + " of " + config.FileName
}

// listing is every requirement that can be edited, and where a new one goes.
type listing struct {
	entries []place
	target  place
}

// list reads the files beside go.mod. A new requirement goes to [project] if there
// is that table, to requirements.txt if the project has that and no dependencies
// of [tool.llgo-py], and there otherwise.
func list(dir string) (*listing, error) {
	data, err := os.ReadFile(filepath.Join(dir, config.FileName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var doc map[string]any
	if err := toml.Unmarshal(data, &doc); err != nil {
		return nil, err // Read has told it with the file already
	}
	l := &listing{}
	hasProject := l.read(doc, []string{"project"}, "dependencies")
	tool := []string{"tool", "llgo-py"}
	l.read(doc, tool, "dependencies")
	l.read(doc, tool, "requirement")
	for _, system := range []string{"linux", "darwin", "windows"} {
		l.read(doc, append(slices.Clone(tool), system), "dependencies")
		l.read(doc, append(slices.Clone(tool), system), "requirement")
	}
	usesTool := slices.ContainsFunc(l.entries, func(p place) bool { return p.table[0] == "tool" })
	lines, err := os.ReadFile(filepath.Join(dir, RequirementsFile))
	hasFile := err == nil
	for _, block := range reqs.Blocks(string(lines)) {
		l.entries = append(l.entries, place{key: RequirementsFile, spec: block.Requirement})
	}
	switch {
	case hasProject:
		l.target = place{table: []string{"project"}, key: "dependencies"}
	case hasFile && !usesTool:
		l.target = place{key: RequirementsFile}
	default:
		l.target = place{table: tool, key: "dependencies"}
	}
	return l, nil
}

// read adds the entries of one list and tells whether its table exists.
func (l *listing) read(doc map[string]any, table []string, key string) bool {
	for _, name := range table {
		next, ok := doc[name].(map[string]any)
		if !ok {
			return false
		}
		doc = next
	}
	values, _ := doc[key].([]any)
	for _, value := range values {
		if spec, ok := value.(string); ok {
			l.entries = append(l.entries, place{table, key, spec})
		}
	}
	return true
}

// of are the entries for a distribution, by its normalised name.
func (l *listing) of(name string) []place {
	return slices.DeleteFunc(slices.Clone(l.entries), func(p place) bool { return reqs.Name(p.spec) != name })
}
