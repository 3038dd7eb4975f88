//go:build !llgopy

package payload

import (
	"io"
	"os"
)

// AppendListing makes f, an executable that has the archive of that many bytes at base,
// a ZIP archive as a whole: unzip looks for the directory at the end of a file, so the
// directory is appended once more, with offsets that count from the file's beginning.
// The program does not need it; stripping it off harms nothing.
func AppendListing(f *os.File, base, size int64) error {
	p, err := Open(io.NewSectionReader(f, base, size), size)
	if err != nil {
		return err
	}
	at, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	_, err = f.Write(p.listing(base, at))
	return err
}

// listing is the directory and the end of a file that has the payload at base and its
// directory at start.
func (p *Reader) listing(base, start int64) []byte {
	index := p.index
	index.offset += base
	b := index.appendRecord(nil)
	for _, at := range p.places {
		at.offset += base
		b = at.appendRecord(b)
	}
	return append(b, appendEnd(nil, len(p.places)+1, start, start+int64(len(b)), p.id)...)
}
