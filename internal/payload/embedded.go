//go:build !llgopy

package payload

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// FindIn opens the payload that the first size bytes of an executable have somewhere
// inside, as go:embed leaves it, and returns where it begins and how long it is. It
// looks for the end of an archive: only the real thing passes Open, while the constants
// of the code that reads payloads do not.
//
// ErrNotPayload means that there is none. If there is one, but damaged, the error is
// that of Open, and offset and length are still those of the archive.
func FindIn(r io.ReaderAt, size int64) (p *Reader, offset, length int64, err error) {
	err = bad(ErrNotPayload, "", "")
	for from := int64(0); ; {
		at, found := nextEnd(r, from, size)
		if found != nil && !errors.Is(found, io.EOF) {
			return nil, 0, 0, found
		}
		if found != nil {
			return nil, offset, length, err
		}
		from = at + 1
		end := at + int64(tailSize)
		d, wrong := readEnd(r, end)
		base := end - d.length()
		if wrong != nil || base < 0 {
			continue
		}
		p, wrong := Open(io.NewSectionReader(r, base, end-base), end-base)
		if wrong == nil {
			return p, base, end - base, nil
		}
		if errors.Is(err, ErrNotPayload) {
			err, offset, length = wrong, base, end-base
		}
	}
}

// nextEnd returns the offset of the first end record from an offset on, io.EOF if there
// is none.
func nextEnd(r io.ReaderAt, from, size int64) (int64, error) {
	buf := make([]byte, 1<<20)
	mark := le32(nil, endMagic)
	for ; size-from >= int64(tailSize); from += int64(len(buf) - tailSize + 1) {
		n, err := r.ReadAt(buf[:atMost(int64(len(buf)), size-from)], from)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		for at := 0; at+tailSize <= n; at++ {
			i := bytes.Index(buf[at:n], mark)
			if i < 0 || at+i+tailSize > n {
				break
			}
			if at += i; isEnd(buf[at : at+tailSize]) {
				return from + int64(at), nil
			}
		}
	}
	return 0, io.EOF
}

// isEnd tells whether an end record is that of a payload.
func isEnd(tail []byte) bool {
	_, err := idOf(tail[endSize:])
	return err == nil && binary.LittleEndian.Uint16(tail[endSize-2:]) == uint16(tailSize-endSize)
}
