package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

// workMark is in the name of every work directory: .<program>.llgo-py-<digits>.
const workMark = ".llgo-py-"

// Answers of lockDir.
var (
	errHeld    = errors.New("locked by another process")
	errNoLocks = errors.New("the file system has no locks")
)

// A target is a directory that a program and its python/ are in, or will be.
type target struct {
	dir, name string
	hooks     hooks
}

// hooks let tests stop or fail a replacement before any of its steps.
type hooks struct {
	step     func(name string) error
	exchange func(a, b string) error
}

func (t *target) program() string { return filepath.Join(t.dir, t.name) }
func (t *target) python() string  { return filepath.Join(t.dir, pythonDir) }

// do takes one step.
func (t *target) do(step string, act func() error) error {
	if t.hooks.step != nil {
		if err := t.hooks.step(step); err != nil {
			return err
		}
	}
	return act()
}

// exchange exchanges two names.
func (t *target) exchange(a, b string) error {
	if t.hooks.exchange != nil {
		return t.hooks.exchange(a, b)
	}
	return exchangeNames(a, b)
}

// lock keeps other builds out of the directory while names in it change. On a
// file system without locks there is nothing to keep them out with.
func (t *target) lock() (unlock func(), err error) {
	unlock, err = lockDir(t.dir, true)
	if errors.Is(err, errNoLocks) {
		return func() {}, nil
	}
	return unlock, err
}

// begin makes the directory ready and a work directory in it. In order: lock the
// directory, complete a replacement that was interrupted, remove what killed
// builds left, check that nothing of others is in the way, make and lock the work
// directory. As all builds make and remove them under the lock of the directory, a
// work directory without a lock has no build.
func (t *target) begin() (*workDir, error) {
	if err := os.MkdirAll(t.dir, 0o777); err != nil {
		return nil, err
	}
	unlock, err := t.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	recovered, err := t.recover()
	if err != nil {
		return nil, err
	}
	if err := t.removeStale(); err != nil {
		return nil, err
	}
	if err := t.checkOwn(); err != nil {
		return nil, err
	}
	work, err := t.makeWork()
	if err != nil {
		return nil, err
	}
	work.recovered = recovered
	return work, nil
}

// checkOwn returns an error if what is to be replaced is not ours.
func (t *target) checkOwn() error {
	m, err := ReadManifest(t.dir)
	_, python := os.Lstat(t.python())
	info, program := os.Lstat(t.program())
	switch {
	case isMissing(python) && isMissing(program):
		return nil
	case isMissing(python):
		return t.foreign(t.program())
	case err != nil || !isDir(t.python()): // a link, say, to a tree of ours
		return t.foreign(t.python())
	case m.Program != t.name:
		return fmt.Errorf("%s belongs to the program %q: two programs cannot share a directory; choose another one with -o", t.python(), m.Program)
	case program == nil && !info.Mode().IsRegular():
		return t.foreign(t.program())
	case program != nil && !isMissing(program):
		return program
	}
	return nil
}

func (t *target) foreign(name string) error {
	return fmt.Errorf("%s is there and is not from a build of %q: move it away or choose another place with -o", name, t.name)
}

// isWork tells whether a file name is that of a work directory of the program.
func (t *target) isWork(name string) bool { return strings.HasPrefix(name, "."+t.name+workMark) }

// removeStale removes work directories whose builds are gone. Where there are no
// locks nobody knows, and they stay.
func (t *target) removeStale() error {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !t.isWork(e.Name()) {
			continue
		}
		stale := filepath.Join(t.dir, e.Name())
		unlock, err := lockDir(stale, false)
		if err != nil {
			continue
		}
		err = readonly.Remove(stale)
		unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// A workDir is where a tree is written, beside its target: new/ is a complete
// tree in the end, old/ what it replaces.
type workDir struct {
	*target
	path      string
	unlock    func()
	recovered bool
	// keep: the program's name leads into this directory, so it has to stay.
	keep bool
}

func (t *target) makeWork() (*workDir, error) {
	path, err := os.MkdirTemp(t.dir, "."+t.name+workMark+"*")
	if err != nil {
		return nil, err
	}
	unlock, err := lockDir(path, false)
	if errors.Is(err, errNoLocks) {
		unlock, err = func() {}, nil
	}
	work := &workDir{target: t, path: path, unlock: unlock}
	for _, dir := range []string{work.new(), work.old()} {
		if err == nil {
			err = os.Mkdir(dir, 0o755)
		}
	}
	if err != nil {
		_ = readonly.Remove(path)
		return nil, err
	}
	return work, nil
}

func (w *workDir) new() string { return filepath.Join(w.path, "new") }
func (w *workDir) old() string { return filepath.Join(w.path, "old") }

// close removes the work directory. If that fails the next build does it.
func (w *workDir) close() {
	if !w.keep {
		_ = readonly.Remove(w.path)
	}
	w.unlock()
}

// isLink and isDir tell what is at a path, itself and not behind a link.
func isLink(name string) bool { return modeOf(name)&fs.ModeSymlink != 0 }
func isDir(name string) bool  { return modeOf(name).IsDir() }

// exists tells whether anything is at a path.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// modeOf returns the mode of what is at a path, that of an irregular file if
// nothing is.
func modeOf(name string) fs.FileMode {
	info, err := os.Lstat(name)
	if err != nil {
		return fs.ModeIrregular
	}
	return info.Mode()
}
