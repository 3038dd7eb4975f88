// Package objects keeps files by their content: a Pool has every content once, in a
// file named by its SHA-256 that nobody writes to, and whatever needs the content
// has a hard link to that file. The cache of one-file programs (internal/unpack),
// which compiles this package into users' programs, and the store (internal/store)
// are made of pools.
//
//	<pool>/<hh>/<hash>-r|x    hh: the first two digits of the hash, hexadecimal
//
// Links share one mode, so a content that is executable in one place and not in
// another has two files: -x is 0555 and -r 0444. All files carry one time in the past
// (Time), so that any write to one shows.
//
// A pool has no lock. Whoever uses one holds a lock of his own while it changes;
// a process killed meanwhile leaves contents that nothing refers to, and perhaps
// wrong ones: what is there already is believed only if its hash is right.
package objects

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Hash is the SHA-256 of a content.
type Hash = [sha256.Size]byte

// Time is the time of every file: long before any change to one, so that a change
// shows even on file systems and clocks of low resolution.
var Time = time.Unix(1_000_000_000, 0)

// Pool is a directory of contents.
type Pool struct {
	Dir string // exists
	UID uint32 // whose files are believed, after a look at their contents

	// Private refuses a directory below Dir that someone else could write to. Nil:
	// nobody can, for Dir or one above it is closed to others.
	Private func(dir string) error
	// Fault is called before each change to the disk: tests end the process there.
	Fault func(point string)
	// Link makes a hard link; nil is os.Link. Tests let it fail.
	Link func(old, new string) error
}

// Path names the file that holds a content.
func (p *Pool) Path(hash Hash, executable bool) string {
	name := hex.EncodeToString(hash[:])
	kind := "-r"
	if executable {
		kind = "-x"
	}
	return filepath.Join(p.Dir, name[:2], name+kind)
}

// Permissions are the two modes of a pool: nobody writes.
func Permissions(executable bool) fs.FileMode {
	if executable {
		return 0o555
	}
	return 0o444
}

// Place puts a content at name: a link, or a copy where links fail (another file
// system, one without them, too many links).
func (p *Pool) Place(hash Hash, executable bool, name string) (copied bool, err error) {
	link := p.Link
	if link == nil {
		link = os.Link
	}
	p.fault("link")
	if link(p.Path(hash, executable), name) == nil {
		return false, nil
	}
	p.fault("copy")
	return true, p.copyFile(p.Path(hash, executable), name, Permissions(executable))
}

func (p *Pool) copyFile(from, to string, mode fs.FileMode) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	err = p.create(to, mode, func(w io.Writer) error {
		_, err := Copy(w, r)
		return err
	})
	if source, ok := err.(*SourceError); ok {
		return source.Err // this disk's as well
	}
	return err
}

// Sweep removes the contents that keep does not want; links is how many names the
// file has. It returns their bytes.
func (p *Pool) Sweep(keep func(path string, links uint64) bool) (freed int64, err error) {
	err = filepath.WalkDir(p.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if _, links := owner(info); keep(path, links) {
			return nil
		}
		freed += info.Size()
		p.fault("remove file")
		return os.Remove(path)
	})
	return freed, err
}

func (p *Pool) fault(point string) {
	if p.Fault != nil {
		p.Fault(point)
	}
}

// HexOfFile is HashFile in hexadecimal, as manifests and people write it.
func HexOfFile(name string) (string, error) {
	sum, err := HashFile(name)
	return hex.EncodeToString(sum[:]), err
}

// HashFile returns the SHA-256 of a file.
func HashFile(name string) (sum Hash, err error) {
	f, err := os.Open(name)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := Copy(h, f); err != nil {
		return sum, err
	}
	h.Sum(sum[:0])
	return sum, nil
}

// buffers are those of Copy that are not in use.
var buffers = sync.Pool{New: func() interface{} { return new([64 << 10]byte) }}

// Copy is io.Copy through a buffer that is used again: io.Copy makes a new one for each
// file, and clearing it takes longer than reading a small file.
func Copy(w io.Writer, r io.Reader) (n int64, err error) {
	buf := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buf)
	// Neither end may copy in a way of its own, which would make a buffer again.
	return io.CopyBuffer(onlyWriter{w}, onlyReader{r}, buf[:])
}

type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
