package unpack

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// installer makes one tree. The cache's lock is held.
type installer struct {
	*cache
	id      [32]byte
	payload Payload
	entries []payload.Entry
	durable bool // wait for the disk, and write a stamp that is good for ever
	log     *logger

	work     string // directory of this installer
	copied   bool   // links fail: trees here share nothing with files/
	obtained objects.Obtained
}

func (in *installer) run() (err error) {
	if err := in.sweepWork(); err != nil {
		return err
	}
	// On failure nothing stays: what filled the disk was this.
	defer func() {
		if err != nil || in.copied {
			_, _ = in.sweep()
		}
	}()
	fault("mkdir work")
	if in.work, err = os.MkdirTemp(in.path(workDir), "i"); err != nil {
		return err
	}
	defer os.RemoveAll(in.work)
	if err := in.probe(); err != nil {
		return err
	}
	in.label()
	in.entries = in.payload.Entries()
	if err := in.obtainAll(); err != nil {
		return err
	}
	tree := in.work + "/tree"
	if err := in.build(tree); err != nil {
		return err
	}
	s, err := in.describe(tree)
	if err != nil {
		return err
	}
	if err := in.writeSums(); err != nil {
		return err
	}
	if err := in.publish(tree); err != nil {
		return err
	}
	// Before the stamp: a start that finds it has no reason to clean.
	fault("remove work")
	if err := os.RemoveAll(in.work); err != nil {
		return err
	}
	if err := in.seal(s); err != nil {
		return err
	}
	in.log.print("%s: unpacked %d entries: %s written, %s there already", in.dir, len(in.entries), megabytes(in.obtained.Written), megabytes(in.obtained.Shared))
	return nil
}

// probe finds out before the work whether code may run from here.
func (in *installer) probe() error {
	name := in.work + "/probe"
	if err := os.WriteFile(name, []byte("probe"), 0o600); err != nil {
		return err
	}
	fd, err := openFile(name, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer closeFile(fd)
	return allowsExec(fd)
}

// build makes the tree of links.
func (in *installer) build(tree string) error {
	made := map[string]bool{".": true}
	fault("mkdir tree")
	if err := os.Mkdir(tree, 0o700); err != nil {
		return err
	}
	for i := range in.entries {
		e := &in.entries[i]
		if err := makeParents(tree, filepath.Dir(e.Path), made); err != nil {
			return err
		}
		if err := in.make(e, tree+"/"+e.Path); err != nil {
			return err
		}
	}
	return nil
}

// make makes one entry of a tree.
func (in *installer) make(e *payload.Entry, name string) error {
	switch e.Mode.Type() {
	case fs.ModeDir:
		fault("mkdir entry")
		return os.Mkdir(name, 0o700)
	case fs.ModeSymlink:
		fault("symlink")
		return os.Symlink(e.Target, name)
	}
	return in.place(e, name)
}

func makeParents(tree, dir string, made map[string]bool) error {
	if made[dir] {
		return nil
	}
	if err := makeParents(tree, filepath.Dir(dir), made); err != nil {
		return err
	}
	made[dir] = true
	fault("mkdir in tree")
	return os.Mkdir(tree+"/"+dir, 0o700)
}

// describe takes down how the files look: as this file system tells it, which may
// round times.
func (in *installer) describe(tree string) (*stamp, error) {
	s := &stamp{id: in.id}
	if self, err := executablePath(); err == nil {
		s.program = self
	}
	if !in.durable {
		s.boot = bootID()
	}
	s.files = make([]fileState, 0, len(in.entries))
	for i := range in.entries {
		id, err := lstat(tree + "/" + in.entries[i].Path)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, fileState{in.entries[i].Path, id})
	}
	return s, nil
}

// publish gives the tree its name. A tree that has the name already is damaged or
// without a stamp; it moves away, to be removed with the work directory. Programs
// that run from it keep the files they have open or mapped, and find the new tree
// under the same paths.
func (in *installer) publish(tree string) error {
	final := in.path(treesDir, treeName(in.id))
	fault("move old tree")
	err := os.Rename(final, in.work+"/old")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fault("rename tree")
	return os.Rename(tree, final)
}

// seal writes the stamp.
func (in *installer) seal(s *stamp) error {
	if s.boot == ([16]byte{}) {
		fault("sync")
		if err := syncAll(in.dir); err != nil {
			return err
		}
	}
	name := in.path(stampsDir, treeName(in.id))
	err := writeStamp(name, s)
	if err != nil {
		_ = os.Remove(name) // then the sweep takes the tree as well
	}
	return err
}

// writeStamp writes into the file that is there, if any, because running programs
// hold their locks on it. A reader that meets a half-written stamp sees a wrong
// checksum and waits for the cache's lock.
func writeStamp(name string, s *stamp) error {
	fault("open stamp")
	fd, err := openFile(name, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return err
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	text := s.encode()
	fault("write stamp")
	if _, err := f.Write(text); err != nil {
		return err
	}
	fault("cut stamp")
	if err := f.Truncate(int64(len(text))); err != nil {
		return err
	}
	if s.boot == ([16]byte{}) {
		fault("sync stamp")
		return f.Sync()
	}
	return nil
}
