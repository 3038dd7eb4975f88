// Package links puts a file in a second place without copying it, where that can
// be done and still finds its libraries.
//
// The ways, the lightest first: a hard link (a name more; the same inode, so mode
// and content are shared), a reflink (an inode of its own that shares the blocks,
// on btrfs, XFS and APFS), a symbolic link (also to another file system), a copy.
// [Place] takes the first that works and resolves right.
//
// The last is the question of what $ORIGIN means in a search path when a file is
// reached through a symbolic link. glibc (seen with 2.36; elf/dl-origin.c and
// elf/dl-object.c say the same) answers it in two ways, and the tests ask the
// loader:
//
//   - For a program, it is the directory of the real file: the kernel gives
//     /proc/self/exe, which is past all links. A program behind a symbolic link
//     looks for its libraries beside the real file and not beside the link. (Started
//     as `ld.so program` it is the name that was given, so ldd's answer may differ
//     from what a start does.)
//   - For a library, needed or opened by dlopen, it is the directory of the name by
//     which it was opened, links unresolved. A library behind a symbolic link looks
//     for its own beside the link.
//   - `..` is resolved by the kernel: behind a symbolic link to a directory,
//     $ORIGIN/../x leads to the neighbour of the real directory.
//
// So a library may always be a symbolic link, in a directory that is none; a program
// only if what it finds through $ORIGIN is beside the real file as well. musl takes
// the same two answers. dyld resolves links for libraries too (@loader_path), so
// Mach-O files that use it are not made symbolic links.
package links

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Way is how a file came to its place.
type Way int

// The ways, the lightest first.
const (
	HardLink Way = iota + 1
	Reflink
	Symlink
	Copy
)

var names = map[Way]string{HardLink: "hard link", Reflink: "reflink", Symlink: "symbolic link", Copy: "copy"}

func (w Way) String() string { return names[w] }

// How says what a place asks of its file. The zero value takes any way.
type How struct {
	// Own asks for an inode of its own: the file will be changed.
	Own bool
	// Mode is given to the file, which then is one of its own; 0 keeps the source's.
	Mode fs.FileMode
	// Real asks that the file's real path be the new place: it looks around itself,
	// as Python does and programs that open what lies beside them.
	Real bool
	// Relative makes a symbolic link relative, so that both places can move together.
	Relative bool
	// Ways are tried in this order; nil are all, the lightest first.
	Ways []Way
}

// The system calls, which tests let fail.
var (
	hardLink = os.Link
	reflink  = clone
)

// Place puts the regular file src (followed, if it is a link) at dst, where nothing
// may be. It leaves nothing behind if it fails; a process that is killed can leave a
// part of a copy, so what must be complete or absent is placed in a work directory.
func Place(src, dst string, how How) (Way, error) {
	src, err := source(src)
	if err != nil {
		return 0, fmt.Errorf("cannot place %s: %w", dst, err)
	}
	ways := how.Ways
	if ways == nil {
		ways = []Way{HardLink, Reflink, Symlink, Copy}
	}
	err = errors.New("no way that it may take resolves right")
	for _, way := range ways {
		if way == Symlink {
			real, failed := filepath.EvalSymlinks(src)
			if failed != nil {
				err = failed
				break
			}
			src = real
		}
		if !how.allows(way, src) {
			continue
		}
		// A file system says in many ways that it has no links, has too many, or that
		// they would leave it. Where the trouble is another, the next way has it too.
		if err = how.place(way, src, dst); err == nil {
			return way, nil
		}
		if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return 0, fmt.Errorf("cannot place %s: %w", dst, err)
}

// source is the path of a regular file that is no link itself. Its directories may be
// reached through some: where that matters, the real path is asked for, which costs a
// system call for each part of it.
func source(name string) (string, error) {
	info, err := os.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if name, err = filepath.EvalSymlinks(name); err == nil {
			info, err = os.Stat(name)
		}
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a file", name)
	}
	return filepath.Abs(name)
}

func (how How) allows(way Way, src string) bool {
	switch way {
	case HardLink:
		return !how.Own && how.Mode == 0
	case Symlink:
		return !how.Own && how.Mode == 0 && !how.Real && MaySymlink(src)
	}
	return true
}

func (how How) place(way Way, src, dst string) error {
	switch way {
	case HardLink:
		return hardLink(src, dst)
	case Symlink:
		return how.symlink(src, dst)
	case Reflink:
		return how.finish(dst, src, reflink(src, dst))
	case Copy:
		return how.finish(dst, src, copyFile(src, dst))
	}
	return fmt.Errorf("there is no way %d", way)
}

func (how How) symlink(src, dst string) error {
	if how.Relative {
		dir, err := filepath.EvalSymlinks(filepath.Dir(dst))
		if err == nil {
			dir, err = filepath.Abs(dir)
		}
		if err == nil {
			src, err = filepath.Rel(dir, src)
		}
		if err != nil {
			return err
		}
	}
	return os.Symlink(src, dst)
}

// finish gives a new file mode and time of its source, or removes what failed.
func (how How) finish(dst, src string, err error) error {
	if errors.Is(err, fs.ErrExist) {
		return err // and is not ours
	}
	var info fs.FileInfo
	if err == nil {
		info, err = os.Stat(src)
	}
	if err == nil {
		mode := how.Mode
		if mode == 0 {
			mode = info.Mode().Perm()
		}
		err = os.Chmod(dst, mode)
	}
	if err == nil {
		err = os.Chtimes(dst, info.ModTime(), info.ModTime())
	}
	if err != nil {
		_ = os.Remove(dst)
	}
	return err
}

func copyFile(src, dst string) error {
	r, err := os.Open(src)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}
