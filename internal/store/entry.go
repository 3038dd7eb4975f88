package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// schema is the version of entry.json.
const schema = 1

// Hash is a SHA-256: 64 hexadecimal digits.
type Hash string

// The kinds of entries.
const (
	KindProgram      = "program"
	KindLibrary      = "library"
	KindDistribution = "distribution" // an installed wheel
	KindPython       = "python"       // a CPython distribution
	KindBytecode     = "bytecode"     // what a CPython makes of the modules of another entry
	KindBundle       = "bundle"       // an onedir tree, as it is
	KindData         = "data"
)

// Entry is everything that is known of a set of files that belong together. It never
// changes: its hash is that of all that is said here, so an entry that was resolved
// against another library is another entry.
//
// Files come last, in entry.json too: what a list shows is read without them.
type Entry struct {
	Schema   int               `json:"schema"`
	Name     string            `json:"name"`
	Version  string            `json:"version"`
	Kind     string            `json:"kind"`
	Platform string            `json:"platform"` // "linux/amd64", "linux/amd64/musl", "darwin/universal"; "any" without native files
	Licence  string            `json:"licence,omitempty"`
	Origin   Origin            `json:"origin"`
	Size     int64             `json:"size"`               // bytes of all files
	Provides map[string]string `json:"provides,omitempty"` // SONAME of a library → its path
	Resolved map[string]string `json:"resolved,omitempty"` // SONAME of a library that is needed and not here → ID of the entry that has it
	Files    []File            `json:"files"`              // sorted by path

	id string // where it was read from a store
}

// Origin is where an entry comes from.
type Origin struct {
	Kind    string `json:"kind"` // deb, wheel, file, directory, build, oci
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
	Source  string `json:"source,omitempty"` // a file name or an address: no path of the machine
	SHA256  Hash   `json:"sha256,omitempty"` // of the file it was taken from
}

// File is a file or symbolic link of an entry. There are no directories but those
// that files need.
type File struct {
	Path       string  `json:"path"`             // relative, with slashes
	Link       string  `json:"link,omitempty"`   // of a symbolic link: relative, to something in the entry or missing from it
	Object     Hash    `json:"object,omitempty"` // its content in the store
	Size       int64   `json:"size,omitempty"`
	Executable bool    `json:"executable,omitempty"`
	Original   Hash    `json:"original,omitempty"` // its content before RUNPATH was set; "" if it is as it came
	Native     *Native `json:"native,omitempty"`
}

// Native is what an ELF or Mach-O file says of itself; of a universal one, what any
// of its images says. Names of libraries stand as in the file, so those of Mach-O are
// paths.
type Native struct {
	Format      string   `json:"format"`                // elf, mach-o
	Machine     string   `json:"machine"`               // x86_64, aarch64, arm64; of a universal file "arm64+x86_64"
	SONAME      string   `json:"soname,omitempty"`      // "" for what is no library; of Mach-O the last element of its install name
	Interpreter string   `json:"interpreter,omitempty"` // of an executable: the loader that starts it
	Needed      []string `json:"needed,omitempty"`
	Runpath     []string `json:"runpath,omitempty"`
}

// ID names the entry, and its directory: name,version,hash with the first 16 digits
// of the hash.
func (e *Entry) ID() string {
	if e.id != "" {
		return e.id
	}
	return e.idFor(e.Hash())
}

func (e *Entry) idFor(h Hash) string { return e.Name + "," + e.Version + "," + string(h[:idDigits]) }

const idDigits = 16

// Hash is the SHA-256 of entry.json. It is not to be had without the files, see Heads.
func (e *Entry) Hash() Hash { return hashOf(e.encode()) }

// encode writes the one form that an entry has as JSON.
func (e *Entry) encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(e); err != nil {
		panic(err) // no type in it can fail
	}
	return b.Bytes()
}

// decode reads entry.json and checks everything that names a file.
func decode(data []byte) (*Entry, error) {
	e := &Entry{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(e); err != nil {
		return nil, err
	}
	if e.Schema != schema {
		return nil, fmt.Errorf("schema %d of an entry, and this program knows %d", e.Schema, schema)
	}
	if !bytes.Equal(e.encode(), data) {
		return nil, errors.New("it is not written as this program writes entries")
	}
	return e, e.check()
}

// HasFilesOf tells whether two entries are the same but for what they were resolved
// against.
func (e *Entry) HasFilesOf(other *Entry) bool {
	a, b := *e, *other
	a.Resolved, b.Resolved = nil, nil
	return bytes.Equal(a.encode(), b.encode())
}

// File returns the file or link of that path, nil if there is none.
func (e *Entry) File(path string) *File {
	i, ok := slices.BinarySearchFunc(e.Files, path, func(f File, path string) int { return compare(f.Path, path) })
	if !ok {
		return nil
	}
	return &e.Files[i]
}

// HashOfFile is the hash of a file's content.
func HashOfFile(name string) (Hash, error) {
	sum, err := objects.HexOfFile(name)
	return Hash(sum), err
}

func hashOf(data []byte) Hash {
	sum := sha256.Sum256(data)
	return Hash(hex.EncodeToString(sum[:]))
}

// bytes is the hash as internal/objects has it; ok is false for what is none.
func (h Hash) bytes() (sum [sha256.Size]byte, ok bool) {
	n, err := hex.Decode(sum[:], []byte(h))
	return sum, err == nil && n == len(sum) && h == Hash(hex.EncodeToString(sum[:]))
}
