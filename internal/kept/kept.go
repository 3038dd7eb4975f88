// Package kept has results of build steps by the content of all that went into
// them, so that a step is not done twice: byte code, native files that were made to
// find one another, compressed contents, whole builds.
//
// It is the go command's own build cache (as github.com/rogpeppe/go-internal/cache)
// in a directory of ours: safe among processes, wrong only where a disk is, and
// trimmed of what nobody asked for in five days. A result that was cut short is no
// result. What it promises beyond that: [Store.File] returns a file only if its
// content is what was kept.
package kept

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/cache"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// DirName is the directory of the store, below the cache's root.
const DirName = "steps"

// Key names a result: a hash of everything that it depends on.
type Key = cache.ActionID

// NewKey returns the key of a step, known by its name, that depends on parts alone.
func NewKey(step string, parts ...[]byte) Key {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s", len(step), step)
	for _, p := range parts {
		fmt.Fprintf(h, " %d ", len(p))
		h.Write(p)
	}
	return Key(h.Sum(nil))
}

// A Store keeps results. Its methods may be called from several goroutines.
type Store struct{ cache *cache.Cache }

// Open returns the user's store, which it creates where it is missing, and removes
// old results from it, once a day.
func Open() (*Store, error) {
	root, err := cachedir.Root()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, DirName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	c, err := cache.Open(dir)
	if err != nil {
		return nil, err
	}
	return &Store{c}, c.Trim()
}

// A Result is what a step made: a file of the store.
type Result struct {
	Path   string // absolute; to be read, not to be changed
	Size   int64  // bytes
	SHA256 string // of the content, 64 hexadecimal digits
}

// File returns a result; ok is false where there is none, or one that is damaged.
func (s *Store) File(key Key) (r Result, ok bool) {
	name, entry, err := s.cache.GetFile(key)
	if err != nil {
		return Result{}, false
	}
	f, err := os.Open(name)
	if err != nil {
		return Result{}, false
	}
	defer f.Close()
	h := sha256.New()
	if _, err := objects.Copy(h, f); err != nil || cache.OutputID(h.Sum(nil)) != entry.OutputID {
		return Result{}, false
	}
	return result(name, entry.OutputID, entry.Size), true
}

func result(name string, id cache.OutputID, size int64) Result {
	return Result{name, size, hex.EncodeToString(id[:])}
}

// Has reports whether there is a result, which may yet turn out to be damaged.
func (s *Store) Has(key Key) bool {
	_, _, err := s.cache.GetFile(key)
	return err == nil
}

// KeepFile keeps the content of a file, and returns it as it is kept.
func (s *Store) KeepFile(key Key, name string) (Result, error) {
	f, err := os.Open(name)
	if err != nil {
		return Result{}, err
	}
	defer f.Close()
	id, size, err := s.cache.Put(key, f)
	return result(s.cache.OutputFile(id), id, size), err
}

// Bytes returns a small result.
func (s *Store) Bytes(key Key) (data []byte, ok bool) {
	data, _, err := s.cache.GetBytes(key)
	return data, err == nil
}

// KeepBytes keeps a small result.
func (s *Store) KeepBytes(key Key, data []byte) error { return s.cache.PutBytes(key, data) }

// Remove frees the disk of a result that nobody will ask for again.
func (s *Store) Remove(key Key) {
	if name, _, err := s.cache.GetFile(key); err == nil {
		_ = os.Remove(name) // what was forgotten is no result
	}
}
