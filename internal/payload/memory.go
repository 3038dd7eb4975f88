package payload

import (
	"io"
	"strings"
)

// Embedded is an archive in the memory of the program that it belongs to, as go:embed
// puts it there. Its pages are those of the executable file. What has been read is let
// go of, so that a large archive takes no more memory than a small one; what is read
// again comes from the file again.
type Embedded string

// keep is what is let go of together.
const keep = 1 << 20

// ReadAt implements [io.ReaderAt].
func (e Embedded) ReadAt(b []byte, off int64) (int, error) {
	n, err := strings.NewReader(string(e)).ReadAt(b, off)
	for done := off / keep; done < (off+int64(n))/keep; done++ {
		letGo(string(e)[done*keep : (done+1)*keep])
	}
	return n, err
}

var _ io.ReaderAt = Embedded("")
