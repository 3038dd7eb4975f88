package env

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Rule is how a conflict is decided, in words; environment.json repeats them.
const Rule = "what was asked for goes before what came with it; of two of the same sort, the one asked for last"

const schema = 1

// Spec is what was asked of an environment.
type Spec struct {
	// Wanted are the entries that were asked for, in that order.
	Wanted []Wanted `json:"wanted"`
	// Sources are directories that are linked in, to be edited in their place.
	Sources []Source `json:"sources,omitempty"`
	// Development adds what is needed to build against the libraries that came along:
	// headers, pkg-config files, static libraries.
	Development bool `json:"development,omitempty"`
}

// Wanted is an entry that was asked for.
type Wanted struct {
	Request string `json:"request"` // as it was typed: name; name,version; …
	Entry   string `json:"entry"`   // the ID of what was meant
	// Pinned tells that the request named a version or hash: an upgrade of everything
	// leaves it.
	Pinned bool `json:"pinned,omitempty"`
}

// Source is a directory that is linked to src/<name>.
type Source struct {
	Name string `json:"name"`
	Dir  string `json:"dir"` // absolute
}

// Role is why an entry is in an environment.
type Role string

// The roles.
const (
	RoleWanted  Role = "wanted"  // it was asked for
	RoleLibrary Role = "library" // native files of another were resolved against it
	RoleData    Role = "data"    // plain files of another's version
)

// Member is an entry of a generation.
type Member struct {
	Entry string   `json:"entry"`
	Kind  string   `json:"kind"`
	Role  Role     `json:"role"`
	For   []string `json:"for,omitempty"` // IDs of the wanted entries that it came with
}

// Conflict is a path that several entries have, with different content.
type Conflict struct {
	Path   string   `json:"path"`
	Kept   string   `json:"kept"`   // whose file lies there
	Hidden []string `json:"hidden"` // whose does not
}

// Missing are libraries that native files of an entry need and that nobody has: no
// entry of the environment, and not every machine.
type Missing struct {
	Entry string   `json:"entry"`
	Names []string `json:"names"`
}

// Environment is environment.json: one generation.
type Environment struct {
	Schema     int    `json:"schema"`
	Name       string `json:"name"`
	Generation int    `json:"generation"`
	Parent     int    `json:"parent,omitempty"` // what current was when it was made
	Change     string `json:"change"`           // what it was made for: "install foo"
	Spec
	Members []Member `json:"members"` // as Rule orders them: the first has what it wants
	// Path are the directories that belong on PATH, relative, in this order.
	Path      []string       `json:"path,omitempty"`
	Rule      string         `json:"rule"`
	Conflicts []Conflict     `json:"conflicts,omitempty"`
	Missing   []Missing      `json:"missing,omitempty"`
	Files     int            `json:"files"`
	Ways      map[string]int `json:"ways,omitempty"`   // how many files came how: "hard link", "copy", …
	Copied    int64          `json:"copied,omitempty"` // bytes that were copied or written, and not linked
}

// Member returns the member of that ID, nil if there is none.
func (e *Environment) Member(id string) *Member {
	for i := range e.Members {
		if e.Members[i].Entry == id {
			return &e.Members[i]
		}
	}
	return nil
}

// IDs lists the entries of a generation.
func (e *Environment) IDs() []string {
	var ids []string
	for _, m := range e.Members {
		ids = append(ids, m.Entry)
	}
	return ids
}

func (e *Environment) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(e)
	return b.Bytes(), err
}

// DamagedError says that an environment.json cannot be read.
type DamagedError struct {
	Path  string
	Cause error
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s is damaged: %v", e.Path, e.Cause) }

func (e *DamagedError) Unwrap() error { return e.Cause }

// Hint says what to do.
func (e *DamagedError) Hint() string {
	return "llgo py env rollback NAME GENERATION   # to one that is whole"
}

// read returns the record of the generation in dir.
func read(dir string) (*Environment, error) {
	path := filepath.Join(dir, recordName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	e := &Environment{}
	if err == nil {
		err = json.Unmarshal(data, e)
	}
	if err == nil && e.Schema != schema {
		err = fmt.Errorf("schema %d, and this program knows %d", e.Schema, schema)
	}
	if err != nil {
		return nil, &DamagedError{path, err}
	}
	return e, nil
}
