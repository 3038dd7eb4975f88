package payload

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// failing is a reader that fails from one offset on.
type failing struct {
	io.ReaderAt
	from int64
}

var errDisk = errors.New("disk on fire")

func (f failing) ReadAt(b []byte, off int64) (int, error) {
	if off+int64(len(b)) > f.from {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(b, off)
}

// between fails inside a range only.
type between struct {
	failing
	to int64
}

func (f between) ReadAt(b []byte, off int64) (int, error) {
	if off >= f.to {
		return f.ReaderAt.ReadAt(b, off)
	}
	return f.failing.ReadAt(b, off)
}

// TestReadError: an error of the disk is not taken for a damaged payload.
func TestReadError(t *testing.T) {
	sources, _ := sample()
	data, _ := write(t, sources, Options{})
	size := int64(len(data))
	for _, from := range []int64{0, size / 2, size - 1} {
		if _, err := Open(failing{bytes.NewReader(data), from}, size); !errors.Is(err, errDisk) {
			t.Errorf("%v", err)
		}
	}
	p, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Entries() {
		at := p.places[i]
		for _, from := range []int64{at.offset, at.offset + at.headerLen()} {
			if at.packed == 0 {
				continue
			}
			p.r = between{failing{bytes.NewReader(data), from}, at.end()}
			if err := p.Copy(i, io.Discard); !errors.Is(err, errDisk) {
				t.Errorf("%s: %v", at.name, err)
			}
		}
	}
}

// full is a writer with room for some bytes.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.room {
		return f.room, errDisk
	}
	f.room -= len(b)
	return len(b), nil
}

// TestCopyWriteError: an error of the destination is returned as it is.
func TestCopyWriteError(t *testing.T) {
	sources, _ := sample()
	data, _ := write(t, sources, Options{})
	p, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range p.Entries() {
		if e.Size == 0 {
			continue
		}
		for _, room := range []int{0, int(e.Size) - 1} {
			if err := p.Copy(i, &full{room}); err != errDisk {
				t.Errorf("%s with room for %d: %v", e.Path, room, err)
			}
		}
	}
}
