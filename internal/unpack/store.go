package unpack

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// pool is files/: the contents of all trees, each once.
func (c *cache) pool() *objects.Pool {
	return &objects.Pool{
		Dir: c.path(filesDir), UID: c.trust.uid,
		Private: c.trust.private,
		Fault:   func(point string) { fault(point) },
		Link:    func(old, name string) error { return link(old, name) },
	}
}

// obtainAll brings every content of the payload into files/.
func (in *installer) obtainAll() (err error) {
	var contents []objects.Content
	for i := range in.entries {
		e := &in.entries[i]
		if err := checkPath(e); err != nil {
			return err
		}
		if e.Mode.IsRegular() {
			contents = append(contents, in.content(i))
		}
	}
	in.obtained, err = in.pool().Obtain(in.work, contents)
	return err
}

// content is that of entry i, which the reader of the payload verifies.
func (in *installer) content(i int) objects.Content {
	e := &in.entries[i]
	return objects.Content{
		Hash: e.Hash, Size: e.Size, Executable: executable(e),
		Copy: func(w io.Writer) error { return in.payload.Copy(i, w) },
	}
}

func checkPath(e *payload.Entry) error {
	if !fs.ValidPath(e.Path) || e.Path == "." {
		return &objects.SourceError{Err: errors.New("payload: bad path " + strconv.Quote(e.Path))}
	}
	return nil
}

func executable(e *payload.Entry) bool { return e.Mode&0o111 != 0 }

var link = os.Link // tests let it fail

// place puts the content of e at name: a link, or a copy where links fail.
func (in *installer) place(e *payload.Entry, name string) error {
	copied, err := in.pool().Place(e.Hash, executable(e), name)
	if copied {
		in.copied = true
	}
	return err
}
