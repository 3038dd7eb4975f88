package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Installer installs into one directory.
type Installer struct {
	store  *store.Store
	where  string
	python *env.Set
	fault  func(point string) // before each change to the disk; tests end the process there
}

// New installs from a store into a directory, which need not be there yet. Python is
// asked how Python programs are laid out: environments that can hold Python.
func New(s *store.Store, where string, python *env.Set) (*Installer, error) {
	where, err := filepath.Abs(where)
	if err != nil {
		return nil, err
	}
	// One directory has one name: its lock and the store's roots go by it.
	if real, err := filepath.EvalSymlinks(where); err == nil {
		where = real
	}
	return &Installer{s, where, python, func(string) {}}, nil
}

// Where is the directory.
func (in *Installer) Where() string { return in.where }

func (in *Installer) at(path string) string { return filepath.Join(in.where, filepath.FromSlash(path)) }

// Roots of the store are "install:<WHERE>:<name>,<version>".
const rootPrefix = "install:"

// root names a record among the store's roots.
func (in *Installer) root(key string) string {
	name := rootPrefix + in.where + ":" + key
	if len(name) > 100 { // becomes the name of a file
		sum := sha256.Sum256([]byte(in.where))
		name = rootPrefix + hex.EncodeToString(sum[:8]) + ":" + key
	}
	return name
}

// GoneRoot is a root of the store whose installation is no more.
type GoneRoot struct{ Root, Where string }

// Gone returns the roots of directories that were removed by hand: they would keep
// entries for ever. Of a directory whose path is too long for a root, that cannot be
// told.
func Gone(s *store.Store) ([]GoneRoot, error) {
	roots, err := s.Roots()
	if err != nil {
		return nil, err
	}
	var gone []GoneRoot
	for name := range roots {
		rest, ok := strings.CutPrefix(name, rootPrefix)
		if !ok || !filepath.IsAbs(rest) {
			continue
		}
		if where := whereOf(rest); where != "" {
			gone = append(gone, GoneRoot{name, where})
		}
	}
	slices.SortFunc(gone, func(a, b GoneRoot) int { return strings.Compare(a.Root, b.Root) })
	return gone, nil
}

// whereOf is the directory of a root, if it is gone; "" if it is there. Directories
// and versions may have colons in them: only if each way to read it is of a directory
// that is not there, it is gone.
func whereOf(root string) (where string) {
	for i := range root {
		if root[i] != ':' {
			continue
		}
		if where == "" {
			where = root[:i]
		}
		if _, err := os.Stat(filepath.Join(root[:i], stateDir)); !errors.Is(err, os.ErrNotExist) {
			return ""
		}
	}
	return where
}

// Records returns what is installed, sorted by name, older versions first.
func (in *Installer) Records() ([]*Record, error) {
	found, err := readRecords(in.where)
	if err != nil {
		return nil, err
	}
	var list []*Record
	for _, r := range found {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *Record) int {
		an, av, _ := a.Split()
		bn, bv, _ := b.Split()
		if an != bn {
			return strings.Compare(an, bn)
		}
		return store.CompareVersions(av, bv)
	})
	return list, nil
}

// locked does work alone among the processes that install here, after what dead ones
// left is finished.
func (in *Installer) locked(ctx context.Context, work func() error) error {
	in.fault("mkdir state")
	if err := os.MkdirAll(in.at(workDir), 0o755); err != nil {
		return err
	}
	unlock, err := cachedir.Lock(ctx, in.at(lockFile))
	if err != nil {
		return err
	}
	defer unlock()
	if err := in.sweep(); err != nil {
		return err
	}
	if err := in.recover(ctx); err != nil {
		return err
	}
	return work()
}

// sweep removes the work files of dead processes: their owner would hold the lock.
func (in *Installer) sweep() error {
	left, err := os.ReadDir(in.at(workDir))
	if err != nil {
		return err
	}
	for _, f := range left {
		in.fault("sweep")
		if err := os.Remove(in.at(workDir + "/" + f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// recover finishes what was begun by a process that is no more.
func (in *Installer) recover(ctx context.Context) error {
	records, err := in.Records()
	if err != nil {
		return err
	}
	for _, r := range records {
		switch r.State {
		case placing:
			err = in.place(ctx, r)
			var missing *store.MissingError
			if errors.As(err, &missing) || errors.Is(err, os.ErrNotExist) {
				// What it was to be made from is gone with the store: take it back.
				err = in.remove(r)
			}
		case removing:
			err = in.remove(r)
		}
		if err != nil {
			return fmt.Errorf("cannot finish what was begun with %s: %w", r.Entry, err)
		}
	}
	return in.reroot()
}

// Install places an entry; what it did is in the plan.
func (in *Installer) Install(ctx context.Context, e *store.Entry, libs []Libs) (p *Plan, err error) {
	err = in.locked(ctx, func() error {
		if p, err = in.Plan(ctx, e, libs); err != nil || p.nothing() {
			return err
		}
		return in.apply(ctx, p)
	})
	return p, err
}

// Uninstall takes a version away; what it did is in the plan.
func (in *Installer) Uninstall(ctx context.Context, pattern string) (p *Removal, err error) {
	if _, err := os.Stat(in.at(stateDir)); err != nil {
		return nil, &NotInstalledError{pattern, in.where}
	}
	err = in.locked(ctx, func() error {
		if p, err = in.PlanUninstall(pattern); err != nil {
			return err
		}
		return in.applyRemoval(p)
	})
	return p, err
}
