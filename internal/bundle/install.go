package bundle

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

// install puts the new tree in its place, under the lock of the directory. The
// steps are those of the package comment.
func (w *workDir) install() error {
	unlock, err := w.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := w.checkOwn(); err != nil { // again: time has passed
		return err
	}
	if !exists(w.program()) {
		return w.installFirst()
	}
	if err := w.commit(); err != nil {
		return err
	}
	err = w.finish(w.path)
	if err == nil {
		return nil
	}
	if undone := w.undo(); undone != nil {
		w.keep = true
		return fmt.Errorf("%s is the new program, but putting it in its place was cut short (%w); build again to complete it", w.program(), err)
	}
	return err
}

// installFirst installs where there is no program: the program comes last, so
// that from its first moment it starts. What may be at python/ is left from a
// first build that was killed here.
func (w *workDir) installFirst() error {
	if exists(w.python()) {
		if err := w.do("aside", w.moveAside); err != nil {
			return err
		}
	}
	fresh := filepath.Join(w.new(), pythonDir)
	if err := w.do("python", func() error { return os.Rename(fresh, w.python()) }); err != nil {
		return also(err, w.undoPython())
	}
	err := w.do("program", func() error { return os.Rename(filepath.Join(w.new(), w.name), w.program()) })
	if err != nil {
		return also(also(err, os.Rename(w.python(), fresh)), w.undoPython())
	}
	return durable.File(w.dir)
}

// also adds to an error that undoing failed as well.
func also(err, undo error) error {
	if undo == nil {
		return err
	}
	return fmt.Errorf("%w; and then %w", err, undo)
}

// commit makes the program's name a link to the new one. The old one is kept,
// for undo.
func (w *workDir) commit() error {
	if err := w.do("keep", w.keepProgram); err != nil {
		return err
	}
	// Others may be allowed to run the program; so far the directory was ours.
	if err := w.do("open", func() error { return os.Chmod(w.path, 0o755) }); err != nil {
		return err
	}
	link := filepath.Join(w.path, "link")
	aim := path.Join(filepath.Base(w.path), "new", w.name)
	if err := w.do("link", func() error { return os.Symlink(filepath.FromSlash(aim), link) }); err != nil {
		return err
	}
	if err := w.do("commit", func() error { return os.Rename(link, w.program()) }); err != nil {
		return err
	}
	return nil
}

// keepProgram keeps the old program under a second name, or as a copy where the
// file system has no hard links.
func (w *workDir) keepProgram() error {
	kept := filepath.Join(w.old(), w.name)
	if os.Link(w.program(), kept) == nil {
		return nil
	}
	src, err := os.Open(w.program())
	if err != nil {
		return err
	}
	defer src.Close()
	_, _, err = writeFile(kept, src, 0o755)
	return err
}

// moveAside moves the old python/ away. A directory can only be moved by who may
// write to it.
func (w *workDir) moveAside() error {
	_ = os.Chmod(w.python(), 0o755)
	return os.Rename(w.python(), filepath.Join(w.old(), pythonDir))
}

// finish takes the steps after the commit, those that are left: it looks at what
// is there, and so can be called again after a kill at any place. The work
// directory is that of this build or of one that was killed.
func (t *target) finish(work string) error {
	w := &workDir{target: t, path: work}
	fresh := filepath.Join(w.new(), pythonDir)
	if err := durable.File(t.dir); err != nil {
		return err
	}
	if isDir(fresh) && isDir(t.python()) {
		if err := t.do("aside", w.moveAside); err != nil {
			return err
		}
	}
	if isDir(fresh) {
		if err := t.placePython(fresh); err != nil {
			return err
		}
	}
	err := t.do("program", func() error { return os.Rename(filepath.Join(w.new(), t.name), t.program()) })
	if err != nil {
		return err
	}
	return durable.File(t.dir)
}

// placePython moves the new python/ to its place and leaves a link to it where
// it was.
func (t *target) placePython(fresh string) error {
	const back = "../../" + pythonDir // from W/new
	if !exists(t.python()) {
		if err := t.do("placeholder", func() error { return os.Symlink(filepath.FromSlash(back), t.python()) }); err != nil {
			return err
		}
	}
	err := t.do("exchange", func() error { return t.exchange(t.python(), fresh) })
	if !unsupported(err) {
		return err
	}
	if err := t.do("remove placeholder", func() error { return os.Remove(t.python()) }); err != nil {
		return err
	}
	if err := t.do("python", func() error { return os.Rename(fresh, t.python()) }); err != nil {
		return err
	}
	// Without this link the program does not start until the next step is done,
	// which does not need it.
	return t.do("back", func() error { _ = os.Symlink(filepath.FromSlash(back), fresh); return nil })
}

// undo brings the old pair back after a failed finish, as long as the new python/
// is not in its place; then the only way is forward.
func (w *workDir) undo() error {
	if !isDir(filepath.Join(w.new(), pythonDir)) {
		return errors.New("too late")
	}
	if isLink(w.python()) {
		if err := os.Remove(w.python()); err != nil {
			return err
		}
	}
	if err := w.undoPython(); err != nil {
		return err
	}
	return os.Rename(filepath.Join(w.old(), w.name), w.program())
}

// undoPython brings the old python/ back if it was moved aside.
func (w *workDir) undoPython() error {
	kept := filepath.Join(w.old(), pythonDir)
	if !exists(kept) {
		return nil
	}
	return os.Rename(kept, w.python())
}

// recover completes a replacement that was interrupted after its commit, which
// shows by a program that is a link into a work directory.
func (t *target) recover() (bool, error) {
	aim, err := os.Readlink(t.program())
	if err != nil {
		return false, nil // not a link
	}
	parts := strings.Split(filepath.ToSlash(aim), "/")
	if len(parts) != 3 || !t.isWork(parts[0]) || parts[1] != "new" || parts[2] != t.name {
		return false, nil
	}
	if !exists(filepath.Join(t.dir, filepath.FromSlash(aim))) {
		return true, os.Remove(t.program()) // someone removed the work directory
	}
	work := filepath.Join(t.dir, parts[0])
	if err := t.finish(work); err != nil {
		return false, fmt.Errorf("completing the interrupted build of %s: %w", t.program(), err)
	}
	return true, readonly.Remove(work)
}
