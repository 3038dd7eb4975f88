package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

// EnvDir names the environment variable that moves the store and the environments.
const EnvDir = "LLGO_PY_DATA"

// Names below the store. See the package comment.
const (
	subdir     = "store"
	objectsDir = "objects"
	entriesDir = "entries"
	rootsDir   = "roots"
	holdsDir   = "holds"
	workDir    = "work"
	lockName   = "lock"

	entryFile = "entry.json"
	sumsFile  = "SHA256SUMS"
	filesDir  = "files"
)

// Store is a store that was opened. Its methods may be called from several goroutines
// and, on one directory, from several processes.
type Store struct {
	dir       string
	relocator Relocator
	fault     func(point string) // before each change to the disk; tests end the process there
	link      func(old, name string) error

	mu   sync.Mutex
	hold *os.File // what this process uses, see hold.go
}

// Option changes how a store works.
type Option func(*Store)

// Dir returns the directory of everything that is kept for the user: the store is
// store/ below it, environments lie beside that. It is $LLGO_PY_DATA, else
// $XDG_DATA_HOME/llgo-py, else ~/.local/share/llgo-py.
func Dir() (string, error) {
	if dir := os.Getenv(EnvDir); dir != "" {
		if !filepath.IsAbs(dir) {
			return "", fmt.Errorf("%s=%s is not an absolute path", EnvDir, dir)
		}
		return filepath.Clean(dir), nil
	}
	// The XDG specification asks to ignore a relative XDG_DATA_HOME.
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "llgo-py"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place for the store: %w; set %s to a directory of yours", err, EnvDir)
	}
	return filepath.Join(home, ".local", "share", "llgo-py"), nil
}

// Open opens the store in dir/store, where dir is what Dir returns, and makes it where
// it is missing. It refuses a directory that someone else could write to: what lies in
// a store is executed sooner or later.
func Open(dir string, options ...Option) (*Store, error) {
	s := &Store{dir: filepath.Join(dir, subdir), relocator: byHelper{}, fault: func(string) {}, link: os.Link}
	for _, option := range options {
		option(s)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot create the store: %w; set %s to a directory of yours", err, EnvDir)
	}
	for _, d := range []string{dir, s.dir} {
		problem, err := cachedir.Distrust(d)
		if err != nil {
			return nil, fmt.Errorf("cannot open the store: %w; set %s to a directory of yours", err, EnvDir)
		}
		if problem != "" {
			return nil, fmt.Errorf("refusing to use the store in %s: %s; set %s to a directory that only you can write to", d, problem, EnvDir)
		}
	}
	for _, name := range []string{objectsDir, entriesDir, rootsDir, holdsDir, workDir} {
		if err := os.Mkdir(s.path(name), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("cannot create the store: %w; set %s to a directory of yours", err, EnvDir)
		}
	}
	return s, s.label()
}

// path names something below store/.
func (s *Store) path(names ...string) string {
	return filepath.Join(append([]string{s.dir}, names...)...)
}

// pool is objects/. Nobody but the user gets below the store's directory.
func (s *Store) pool() *objects.Pool {
	return &objects.Pool{Dir: s.path(objectsDir), UID: uint32(os.Geteuid()), Fault: s.fault, Link: s.link}
}

// Object names the file that holds a content; "" for what is no hash.
func (s *Store) Object(h Hash, executable bool) string {
	sum, ok := h.bytes()
	if !ok {
		return ""
	}
	return s.pool().Path(sum, executable)
}

// Tree names the directory with the files of an entry, to link or copy from.
func (s *Store) Tree(e *Entry) string { return s.path(entriesDir, e.ID(), filesDir) }

// Entries returns all entries, sorted by name, older before newer.
func (s *Store) Entries() ([]*Entry, error) {
	return s.each(s.load)
}

// Heads returns all entries as Entries does, but without their files: what is said
// before them in entry.json is enough for a list.
func (s *Store) Heads() ([]*Entry, error) {
	return s.each(s.loadHead)
}

func (s *Store) each(load func(id string) (*Entry, error)) ([]*Entry, error) {
	ids, err := s.ids()
	if err != nil {
		return nil, err
	}
	list := make([]*Entry, len(ids))
	err = objects.Parallel(len(ids), func(i int) error {
		e, err := load(ids[i].String())
		var missing *MissingError
		if errors.As(err, &missing) {
			return nil // removed since the directory was read
		}
		list[i] = e
		return err
	})
	if err != nil {
		return nil, err
	}
	kept := list[:0]
	for _, e := range list {
		if e != nil {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// load reads an entry by its ID and checks that it is the one of that name.
func (s *Store) load(id string) (*Entry, error) {
	data, err := s.readEntry(id)
	if err != nil {
		return nil, err
	}
	e, err := decode(data)
	if err != nil {
		return nil, &DamagedError{id, err.Error()}
	}
	if e.idFor(hashOf(data)) != id {
		return nil, &DamagedError{id, "another content than its name says"}
	}
	e.id = id
	return e, nil
}

func (s *Store) readEntry(id string) ([]byte, error) {
	data, err := os.ReadFile(s.path(entriesDir, id, entryFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{id}
	}
	return data, err
}

// DamagedError says that what is known of an entry cannot be read.
type DamagedError struct{ ID, Text string }

func (e *DamagedError) Error() string { return "entry.json of " + e.ID + " is damaged: " + e.Text }

// Hint says what to do.
func (e *DamagedError) Hint() string {
	return "llgo py store verify   # says what else; import or pull the entry to repair it"
}

// locked does work with the store's lock held, after what dead processes left in
// work/ is gone: their owner would hold the lock.
func (s *Store) locked(ctx context.Context, work func() error) error {
	unlock, err := cachedir.Lock(ctx, s.path(lockName))
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.sweepWork(); err != nil {
		return err
	}
	return work()
}

func (s *Store) sweepWork() error {
	names, err := os.ReadDir(s.path(workDir))
	if err != nil {
		return err
	}
	for _, name := range names {
		dir := s.path(workDir, name.Name())
		if isLocked(filepath.Join(dir, lockName)) {
			continue
		}
		s.fault("sweep")
		if err := readonly.Remove(dir); err != nil {
			return err
		}
	}
	return nil
}
