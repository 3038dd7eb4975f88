package unpack

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// stored names the file that holds the content of e with the mode of e: links
// share one mode.
func (c *cache) stored(e *payload.Entry) string {
	hash := hex.EncodeToString(e.Hash[:])
	kind := "-r"
	if executable(e) {
		kind = "-x"
	}
	return c.path(filesDir, hash[:2], hash+kind)
}

func executable(e *payload.Entry) bool { return e.Mode&0o111 != 0 }

// permissions are the two modes of a cache: nobody writes.
func permissions(e *payload.Entry) os.FileMode {
	if executable(e) {
		return 0o555
	}
	return 0o444
}

// obtain makes sure that files/ holds the content of entry i. What is there
// already is believed only if its hash is right, whoever wrote it: it may be from
// a start that was killed, or have been damaged since.
func (in *installer) obtain(i int) error {
	e := &in.entries[i]
	name := in.stored(e)
	if in.reusable(name, e) {
		atomic.AddInt64(&in.shared, e.Size)
		return nil
	}
	fault("mkdir files")
	if err := mkdir(filepath.Dir(name)); err != nil {
		return err
	}
	if err := in.trust.private(filepath.Dir(name)); err != nil {
		return err
	}
	tmp := in.work + "/" + strconv.Itoa(i)
	if err := in.extract(i, tmp); err != nil {
		return err
	}
	atomic.AddInt64(&in.written, e.Size)
	fault("rename file")
	return os.Rename(tmp, name)
}

// reusable checks a file of files/ and sets its mode and time right.
func (in *installer) reusable(name string, e *payload.Entry) bool {
	id, err := lstat(name)
	if err != nil || !id.isFile() || id.size != e.Size || id.uid != in.trust.uid {
		return false
	}
	if sum, err := hashFile(name); err != nil || sum != e.Hash {
		return false
	}
	if id.sec == fileTime.Unix() && id.mode&0o7777 == uint32(permissions(e)) {
		return true
	}
	fault("repair file")
	return os.Chmod(name, permissions(e)) == nil && os.Chtimes(name, fileTime, fileTime) == nil
}

// extract writes entry i to a new file.
func (in *installer) extract(i int, name string) error {
	fault("create")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // again, after an error
	w := &errWriter{w: faulty{f}}
	if err := in.payload.Copy(i, w); w.err != nil {
		return w.err
	} else if err != nil {
		return &payloadError{err}
	}
	if err := f.Chmod(permissions(&in.entries[i])); err != nil {
		return err
	}
	if err := f.Close(); err != nil { // where quotas and network file systems complain
		return err
	}
	fault("set time")
	return os.Chtimes(name, fileTime, fileTime)
}

// errWriter remembers the error of a write, to tell it from one of the reader.
type errWriter struct {
	w   io.Writer
	err error
}

func (w *errWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

var link = os.Link // tests let it fail

// place puts the content of e at name: a link, or a copy where links fail (a file
// system without them, too many links).
func (in *installer) place(e *payload.Entry, name string) error {
	fault("link")
	if link(in.stored(e), name) == nil {
		return nil
	}
	fault("copy")
	in.copied = true
	return copyFile(in.stored(e), name, permissions(e))
}

func copyFile(from, to string, mode os.FileMode) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(faulty{w}, r)
	if err = errors.Join(err, w.Chmod(mode), w.Close()); err != nil {
		return err
	}
	return os.Chtimes(to, fileTime, fileTime)
}

func hashFile(name string) (sum [32]byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	h.Sum(sum[:0])
	return sum, nil
}
