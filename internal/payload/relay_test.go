package payload

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// half is a payload whose first entry has nearly all of the data, so that a processor is
// left over while it is copied, and the content of that entry.
func half(t *testing.T) (*Reader, []byte, string) {
	t.Helper()
	processors := runtime.GOMAXPROCS(2)
	t.Cleanup(func() { runtime.GOMAXPROCS(processors) })
	content := noise(3<<20) + strings.Repeat("x", 3<<20)
	data, _ := write(t, []Source{file("a", 0o644, content), file("b", 0o644, strings.Repeat("B", 1<<20))}, Options{})
	p, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	if !p.outlasts(&p.places[0]) || p.outlasts(&p.places[1]) {
		t.Fatalf("places %+v of %d bytes", p.places, p.index.offset)
	}
	return p, data, content
}

// TestRelay: an entry that another goroutine checks and writes arrives whole.
func TestRelay(t *testing.T) {
	p, _, content := half(t)
	for range 3 {
		var b bytes.Buffer
		if err := p.Copy(0, &b); err != nil || b.String() != content {
			t.Fatalf("%d bytes, %v", b.Len(), err)
		}
	}
}

// TestRelayErrors: the errors are the same as without it, and no goroutine stays behind.
func TestRelayErrors(t *testing.T) {
	p, data, content := half(t)
	before := runtime.NumGoroutine()
	for _, room := range []int{0, 1, len(content) / 2, len(content) - 1} {
		if err := p.Copy(0, &full{room}); err != errDisk {
			t.Errorf("with room for %d: %v", room, err)
		}
	}
	for _, at := range []int64{100, 1 << 20, p.places[0].packed - 20} {
		offset := p.places[0].offset + p.places[0].headerLen() + at
		p.r = between{failing{bytes.NewReader(data), offset}, p.places[0].end()}
		if err := p.Copy(0, io.Discard); !errors.Is(err, errDisk) {
			t.Errorf("disk that fails at %d: %v", at, err)
		}
		damaged := bytes.Clone(data)
		damaged[offset] ^= 0x40
		p.r = bytes.NewReader(damaged)
		var e *Error
		if err := p.Copy(0, io.Discard); !errors.As(err, &e) {
			t.Errorf("damaged at %d: %v", at, err)
		}
	}
	noMoreGoroutines(t, before)
}

// TestRelayBounds: an entry that is larger than the index says is cut there.
func TestRelayBounds(t *testing.T) {
	_, _, content := half(t)
	f := honest("a", content[:len(content)-1])
	f.method, f.data = zstded, packWide(t, content, windowSize)
	wantCopyError(t, forge(f, honest("b", "B")), ErrSize)
}
