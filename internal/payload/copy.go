package payload

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"hash/crc32"
	"io"
	"runtime"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// WindowLog bounds how far back compressed data refers, and so what a decoder needs of
// memory whatever the size of an entry: 4 MiB. With 8 a program with numpy is 0.3 % smaller
// and takes a tenth longer to unpack, as more of what a decoder looks back at is not in
// the processor's caches; with 2 it is 0.9 % larger than with 4, and no faster.
const WindowLog = 22

const windowSize = 1 << WindowLog

// maxWindow is what a reader accepts: programs were made with 8 MiB before.
const maxWindow = 2 * windowSize

// Copy writes the content of entry i to w: that of a file, the target of a link. It
// never writes more than the size in the index, and checks size, CRC-32 and SHA-256
// while it writes. After an error what was written is not to be used. A write error of
// w is returned as it is.
func (p *Reader) Copy(i int, w io.Writer) error {
	e, at := &p.entries[i], &p.places[i]
	data, err := p.data(at, e.Path)
	if err != nil {
		return err
	}
	c := &checker{w: w, path: e.Path, left: at.size, sum: sha256.New()}
	if err := p.unpack(at, data, c); err != nil {
		return err
	}
	return c.check(e, at)
}

// atOnce is how much data is read together with the header in front of it. A decoder
// asks for a few bytes at a time, each time a system call.
const atOnce = 64 << 10

// data compares the header in front of an entry's data with what it has to be, and
// returns the data.
func (p *Reader) data(at *place, path string) (io.Reader, error) {
	want := at.appendHeader(nil)
	near := at.packed
	if near > atOnce {
		near = 0
	}
	have := make([]byte, int64(len(want))+near)
	if err := readFull(p.r, have, at.offset); err != nil {
		return nil, err
	}
	if !bytes.Equal(have[:len(want)], want) {
		return nil, bad(ErrHeader, path, "")
	}
	if near == at.packed {
		return bytes.NewReader(have[len(want):]), nil
	}
	return io.NewSectionReader(p.r, at.offset+at.headerLen(), at.packed), nil
}

// unpack copies the data of an entry to c and tells apart the errors of the archive, of
// the compressed data, and of c.
func (p *Reader) unpack(at *place, data io.Reader, c *checker) (err error) {
	if at.method == stored {
		_, err = io.CopyBuffer(c, onlyReader{data}, make([]byte, atMost(at.size+1, 64<<10)))
	} else {
		err = p.decode(data, c, p.outlasts(at))
	}
	switch {
	case c.err != nil:
		return c.err
	case err == io.ErrUnexpectedEOF:
		return bad(ErrCompression, c.path, "it ends early")
	}
	return err
}

// A checker passes on what is copied and takes its sums.
type checker struct {
	w    io.Writer
	path string
	left int64 // how many bytes are to come
	crc  uint32
	sum  hash.Hash
	err  error // of w, or that there was too much
}

func (c *checker) Write(b []byte) (int, error) {
	if int64(len(b)) > c.left {
		c.err = bad(ErrSize, c.path, "more than the index says")
		return 0, c.err
	}
	c.left -= int64(len(b))
	c.crc = crc32.Update(c.crc, crc32.IEEETable, b)
	c.sum.Write(b)
	n, err := c.w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	c.err = err
	return n, err
}

// check compares all that was copied with what it has to be.
func (c *checker) check(e *Entry, at *place) error {
	want := e.Hash
	if !e.Mode.IsRegular() {
		want = sha256.Sum256([]byte(e.Target))
	}
	switch {
	case c.left > 0:
		return bad(ErrSize, c.path, strconv.FormatInt(c.left, 10)+" bytes less than the index says")
	case c.crc != at.crc:
		return bad(ErrChecksum, c.path, "")
	case [32]byte(c.sum.Sum(nil)) != want:
		return bad(ErrHash, c.path, "")
	}
	return nil
}

// large is how much compressed data is worth a goroutine.
const large = 1 << 20

// outlasts tells whether the entry at a place will keep its caller busy when others have
// nothing left to do, as libpython does in a program without packages: it has more than
// its share of all data. Callers copy as many entries at a time as there are processors.
func (p *Reader) outlasts(at *place) bool {
	return at.packed >= large && at.packed > p.index.offset/int64(runtime.GOMAXPROCS(0))
}

// decoders keeps those that are not in use. They are large.
type decoders struct{ pool sync.Pool }

// decode decompresses data into c. The decoder uses the caller's goroutine only:
// callers have one for each processor. If there is a processor to spare, c has one too.
// (The decoder's own goroutines would use it as well, but copy with less care: for decoders
// without, its author turned that off after fuzzing found crashes.)
func (d *decoders) decode(data io.Reader, c *checker, spare bool) error {
	z, _ := d.pool.Get().(*zstd.Decoder)
	if z == nil {
		var err error
		z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecodeBuffersBelow(0))
		if err != nil {
			return err
		}
	}
	source := &source{r: data}
	err := z.Reset(source)
	switch {
	case err != nil:
	case spare:
		r := newRelay(c)
		_, err = z.WriteTo(r)
		if failed := r.finish(); err == nil {
			err = failed
		}
	default:
		_, err = z.WriteTo(c)
	}
	if err != nil { // its state is not known: leave it to the garbage collector
		switch {
		case c.err != nil || source.err != nil:
			return source.err
		default:
			return bad(ErrCompression, c.path, err.Error())
		}
	}
	_ = z.Reset(nil) // lets go of data
	d.pool.Put(z)
	return nil
}

// A source remembers the error of what it reads, to tell it from errors of the data.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// onlyReader hides WriteTo of a section, which would take buffers of its own.
type onlyReader struct{ io.Reader }
