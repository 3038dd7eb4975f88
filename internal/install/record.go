package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Names below WHERE.
const (
	stateDir   = ".llgo-py"
	workDir    = stateDir + "/work"
	lockFile   = stateDir + "/lock"
	commonDir  = "common_libs"
	depsSuffix = "_deps"
)

const schema = 1

// The states of a record besides "", which is done.
const (
	placing  = "placing"  // files are being placed, then links switched
	removing = "removing" // the reverse
)

// Record is what WHERE knows of one entry that is installed there.
type Record struct {
	Schema  int      `json:"schema"`
	Entry   string   `json:"entry"` // the ID
	State   string   `json:"state,omitempty"`
	Libs    []string `json:"libs,omitempty"` // environments that libraries are links to
	Files   []Placed `json:"files"`          // sorted by path
	Aliases []Alias  `json:"aliases"`        // sorted by path
	// Obsolete are paths that an earlier build of this version had; they go when
	// the state is done.
	Obsolete []string `json:"obsolete,omitempty"`
}

// Placed is a file of WHERE, or a symbolic link.
type Placed struct {
	Path       string     `json:"path"`             // below WHERE, or ../share/…
	Link       string     `json:"link,omitempty"`   // of a symbolic link
	Object     store.Hash `json:"object,omitempty"` // the content
	Executable bool       `json:"executable,omitempty"`
	Size       int64      `json:"size,omitempty"`
	Entry      string     `json:"entry,omitempty"` // ID of the entry that it is from
	File       string     `json:"file,omitempty"`  // its path there
	// Found says that it was there before, and equal: it is not ours to remove.
	Found bool `json:"found,omitempty"`
}

// Alias is a link by which a version is the one in use.
type Alias struct {
	Path string `json:"path"` // jq
	Link string `json:"link"` // jq-1.6
}

// Name and version of the entry, as one word: what there is one record of.
func (r *Record) key() string { return keyOf(r.Entry) }

func keyOf(id string) string {
	if i := strings.LastIndexByte(id, ','); i >= 0 {
		return id[:i]
	}
	return id
}

// Split returns the entry's name, version and hash.
func (r *Record) Split() (name, version, hash string) {
	parts := append(strings.SplitN(r.Entry, ",", 3), "", "")
	return parts[0], parts[1], parts[2]
}

// entries are the IDs of all entries that files are from, sorted: what the store must
// keep.
func (r *Record) entries() []string {
	ids := []string{r.Entry}
	for _, f := range r.Files {
		if f.Entry != "" {
			ids = append(ids, f.Entry)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Program is the file that an alias leads to, the zero Placed if it is none of them.
func (r *Record) Program(alias string) Placed {
	for _, a := range r.Aliases {
		f := r.file(a.Link)
		if a.Path != alias || f == nil {
			continue
		}
		for range 8 { // a name of a program may be a link to it
			if to := r.file(path.Join(path.Dir(f.Path), f.Link)); f.Link != "" && to != nil {
				f = to
			}
		}
		return *f
	}
	return Placed{}
}

// file is the file of that path, nil if there is none.
func (r *Record) file(path string) *Placed {
	i, ok := slices.BinarySearchFunc(r.Files, path, func(f Placed, path string) int { return strings.Compare(f.Path, path) })
	if !ok {
		return nil
	}
	return &r.Files[i]
}

// DamagedError says that a record cannot be read.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s is damaged: %v", e.Path, e.Err) }

// Unwrap is the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *DamagedError) Hint() string {
	return "rm " + e.Path + "   # then install that program again"
}

// readRecords reads those of a directory, by name and version.
func readRecords(where string) (map[string]*Record, error) {
	records := map[string]*Record{}
	names, err := os.ReadDir(filepath.Join(where, stateDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, n := range names {
		key, ok := strings.CutSuffix(n.Name(), ".json")
		if !ok || strings.HasPrefix(key, ".") {
			continue
		}
		path := filepath.Join(where, stateDir, n.Name())
		r, err := readRecord(path)
		if err == nil && r.key() != key {
			err = errors.New("it is about " + r.key())
		}
		if err != nil {
			return nil, &DamagedError{path, err}
		}
		records[key] = r
	}
	return records, nil
}

func readRecord(path string) (*Record, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Record{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(r); err != nil {
		return nil, err
	}
	if r.Schema != schema {
		return nil, fmt.Errorf("schema %d, and this program knows %d", r.Schema, schema)
	}
	return r, r.check()
}

// check looks at everything that becomes a name on the disk: a directory that was
// copied from somewhere brings its records along.
func (r *Record) check() error {
	if !slices.IsSortedFunc(r.Files, func(a, b Placed) int { return strings.Compare(a.Path, b.Path) }) {
		return errors.New("its files are not sorted")
	}
	paths := slices.Clone(r.Obsolete)
	for _, f := range r.Files {
		paths = append(paths, f.Path)
	}
	for _, a := range r.Aliases {
		paths = append(paths, a.Path)
	}
	for _, p := range paths {
		inside, beside := strings.CutPrefix(p, shareBeside)
		if !fs.ValidPath(inside) || inside == "." || strings.HasPrefix(inside, stateDir) || beside && !strings.HasPrefix(inside, "share/") {
			return fmt.Errorf("%q is no path of a file here", p)
		}
	}
	return nil
}

func (in *Installer) recordPath(r *Record) string {
	return in.at(filepath.Join(stateDir, r.key()+".json"))
}

func (in *Installer) writeRecord(r *Record) error {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	in.fault("write record")
	return durable.Replace(in.recordPath(r), append(data, '\n'), 0o644)
}
