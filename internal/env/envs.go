package env

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Set is the environments of a user. Its methods may be called from several
// goroutines and processes at once: changes of one environment wait for each other,
// and nothing waits for them.
type Set struct {
	dir      string
	store    *store.Store
	layers   []kindLayer
	complete []Completion
	fault    func(point string) // before each change to the disk; tests end the process there
}

// Option changes what environments can hold.
type Option func(*Set)

// WithLayer says how entries of some kinds are laid into a generation. It comes after
// the layers that are there already.
func WithLayer(lay Layer, kinds ...string) Option {
	return func(s *Set) { s.layers = append(s.layers, kindLayer{kinds, lay}) }
}

// A Completion looks at the members of a generation to be: it refuses those that do
// not fit together, and returns more that come along with them.
type Completion func(ctx context.Context, members []Laid) (more []Laid, err error)

// WithCompletion adds one.
func WithCompletion(c Completion) Option {
	return func(s *Set) { s.complete = append(s.complete, c) }
}

// Open returns the environments in data/envs, whose files come from st. It makes
// nothing yet.
func Open(data string, st *store.Store, options ...Option) *Set {
	s := &Set{dir: filepath.Join(data, subdir), store: st, layers: layers(), fault: func(string) {}}
	for _, option := range options {
		option(s)
	}
	return s
}

// Dir names the directory of all environments, of one, or something in it.
func (s *Set) Dir(names ...string) string {
	return filepath.Join(append([]string{s.dir}, names...)...)
}

// Home is the path by which an environment is reached, whatever its generation.
func (s *Set) Home(name string) string { return s.Dir(name, currentName) }

func (s *Set) generation(name string, n int) string {
	return s.Dir(name, generationsDir, strconv.Itoa(n))
}

// Names lists the environments.
func (s *Set) Names() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, entry := range entries {
		if _, err := os.Lstat(s.Home(entry.Name())); err == nil && checkName(entry.Name()) == nil {
			names = append(names, entry.Name())
		}
	}
	return names, err
}

// Current returns the generation that an environment is in. *MissingError: there is
// none.
func (s *Set) Current(name string) (*Environment, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	n, err := s.currentNumber(name)
	if err != nil {
		return nil, err
	}
	return s.Generation(name, n)
}

// currentNumber reads where current leads.
func (s *Set) currentNumber(name string) (int, error) {
	target, err := os.Readlink(s.Home(name))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, &MissingError{Name: name}
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(filepath.Base(target))
	if err != nil || target != filepath.Join(generationsDir, strconv.Itoa(n)) {
		return 0, &DamagedError{s.Home(name), fmt.Errorf("it leads to %s", target)}
	}
	return n, nil
}

// Generation returns one generation of an environment.
func (s *Set) Generation(name string, n int) (*Environment, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	e, err := read(s.generation(name, n))
	if !errors.Is(err, fs.ErrNotExist) {
		return e, err
	}
	if _, err := os.Stat(s.generation(name, n)); err == nil {
		return nil, &DamagedError{filepath.Join(s.generation(name, n), recordName), errors.New("it is not there; was this made by hand?")}
	}
	if _, err := os.Lstat(s.Home(name)); err != nil {
		n = 0
	}
	return nil, &MissingError{name, n}
}

// Generations lists the numbers of all generations of an environment, oldest first.
func (s *Set) Generations(name string) ([]int, error) {
	entries, err := os.ReadDir(s.Dir(name, generationsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{Name: name}
	}
	var numbers []int
	for _, entry := range entries {
		if n, err := strconv.Atoi(entry.Name()); err == nil && n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, err
}

// locked does work with the lock of an environment held, after what dead processes
// left is gone: their owner would hold the lock. The lock lies outside of the
// environment, so that it outlives it: who waits while another deletes must not get
// the lock of a file that nobody else sees.
func (s *Set) locked(ctx context.Context, name string, work func() error) error {
	if err := checkName(name); err != nil {
		return err
	}
	for _, dir := range []string{s.Dir(locksDir), s.Dir(trashDir)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("cannot change environment %s: %w", name, err)
		}
	}
	unlock, err := cachedir.Lock(ctx, s.Dir(locksDir, name))
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Lstat(s.Dir(readmeName)); errors.Is(err, fs.ErrNotExist) {
		if err := durable.Replace(s.Dir(readmeName), []byte(readme), 0o644); err != nil {
			return err
		}
	}
	if err := s.sweep(name); err != nil {
		return err
	}
	return work()
}

// sweep removes what a killed process left of an environment: half a generation, what
// was thrown away, roots of generations that are not there.
func (s *Set) sweep(name string) error {
	if trash, err := os.ReadDir(s.Dir(trashDir)); err == nil {
		for _, entry := range trash { // of any environment: nobody comes back for it
			s.fault("sweep trash")
			if err := readonly.Remove(s.Dir(trashDir, entry.Name())); err != nil {
				return err
			}
		}
	}
	if _, err := os.Lstat(s.Dir(name, workDir)); err == nil {
		s.fault("sweep work")
		if err := readonly.Remove(s.Dir(name, workDir)); err != nil {
			return err
		}
	}
	if _, err := os.Lstat(s.Home(name)); errors.Is(err, fs.ErrNotExist) {
		if err := s.sweepUnborn(name); err != nil {
			return err
		}
	}
	return s.sweepRoots(name)
}

// sweepUnborn removes generations that no current ever led to, of an environment that
// was not made; but nothing that was made by hand, which has no record.
func (s *Set) sweepUnborn(name string) error {
	numbers, _ := s.Generations(name) // there may be none
	for _, n := range numbers {
		dir := s.generation(name, n)
		if _, err := os.Lstat(filepath.Join(dir, recordName)); err != nil {
			continue
		}
		s.fault("sweep generation")
		if err := s.discard(dir, name); err != nil {
			return err
		}
	}
	_ = os.Remove(s.Dir(name, generationsDir)) // if it is empty
	_ = os.Remove(s.Dir(name))
	return nil
}

func (s *Set) sweepRoots(name string) error {
	roots, err := s.store.Roots()
	if err != nil {
		return err
	}
	for user := range roots {
		number, ok := strings.CutPrefix(user, rootPrefix(name))
		if !ok {
			continue
		}
		if _, err := os.Lstat(s.Dir(name, generationsDir, number)); errors.Is(err, fs.ErrNotExist) {
			s.fault("sweep root")
			if err := s.store.Unroot(user); err != nil {
				return err
			}
		}
	}
	return nil
}

// switchTo makes a generation the current one, in one rename.
func (s *Set) switchTo(name string, n int) error {
	work := s.Dir(name, workDir)
	if err := os.MkdirAll(work, 0o700); err != nil {
		return err
	}
	link := filepath.Join(work, currentName)
	s.fault("link current")
	if err := os.Symlink(filepath.Join(generationsDir, strconv.Itoa(n)), link); err != nil {
		return err
	}
	s.fault("switch current")
	if err := os.Rename(link, s.Home(name)); err != nil {
		return err
	}
	s.fault("sync current")
	if err := durable.File(s.Dir(name)); err != nil {
		return err
	}
	s.fault("remove work")
	return os.RemoveAll(work)
}

// discard moves something out of sight, in one rename, and removes it. What lies in
// trash/ has no owner: others may remove it at the same time.
func (s *Set) discard(path, label string) error {
	s.fault("discard")
	gone := s.Dir(trashDir, fmt.Sprintf("%s.%d.%x", label, os.Getpid(), rand.Uint64()))
	if err := os.Rename(path, gone); err != nil {
		return err
	}
	s.fault("remove trash")
	return readonly.Remove(gone)
}
