//go:build !llgopy

package payload

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// AppendListing makes file, an executable that has the archive somewhere inside, a
// ZIP archive as a whole: unzip looks for the directory at the end of a file, so the
// directory is appended once more, with offsets that count from the file's beginning.
// The program does not need it; stripping it off harms nothing.
func AppendListing(file, archive string) error {
	a, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer a.Close()
	info, err := a.Stat()
	if err != nil {
		return err
	}
	p, err := Open(a, info.Size())
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	base, err := p.find(f, a, info.Size())
	if err != nil {
		return err
	}
	at, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := f.Write(p.listing(base, at)); err != nil {
		return err
	}
	return f.Close()
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

// find returns where in f the archive begins: where its last bytes are, which hold the
// id, less its size.
func (p *Reader) find(f, archive io.ReaderAt, size int64) (base int64, err error) {
	var tail [tailSize]byte
	if err := readFull(archive, tail[:], size-int64(tailSize)); err != nil {
		return 0, err
	}
	buf := make([]byte, 4<<20)
	for at := int64(0); ; at += int64(len(buf) - tailSize) {
		n, err := f.ReadAt(buf, at)
		if i := bytes.Index(buf[:n], tail[:]); i >= 0 {
			return at + int64(i+tailSize) - size, nil
		}
		if err == io.EOF {
			return 0, errors.New("the program does not hold its payload")
		}
		if err != nil {
			return 0, err
		}
	}
}
