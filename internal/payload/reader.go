package payload

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
)

// A Reader reads a payload. Its methods may be called at the same time.
type Reader struct {
	r       io.ReaderAt
	id      [32]byte
	entries []Entry
	places  []place // of the entries, by their index
	index   place
	decoders
}

// maxListing bounds the index and the directory of a payload, which are read into
// memory: enough for a million files.
const maxListing = 1 << 28

// ReadID returns the id of the payload in the first size bytes of r, which is all that
// a program needs whose payload is extracted already. It reads 111 bytes and believes
// them; [Open] does not.
func ReadID(r io.ReaderAt, size int64) (id [32]byte, err error) {
	if size < int64(tailSize) {
		return id, bad(ErrNotPayload, "", strconv.FormatInt(size, 10)+" bytes")
	}
	var tail [tailSize]byte
	if err := readFull(r, tail[:], size-int64(tailSize)); err != nil {
		return id, err
	}
	if binary.LittleEndian.Uint32(tail[:]) != endMagic {
		return id, diagnose(r, size)
	}
	return idOf(tail[endSize:])
}

// idOf decodes the comment of the end record.
func idOf(comment []byte) (id [32]byte, err error) {
	text := string(comment)
	hash, ok := decodeHash(strings.TrimPrefix(text, commentHead))
	if ok {
		return hash, nil
	}
	if head := commentHead[:strings.Index(commentHead, "1")]; strings.HasPrefix(text, head) {
		return id, bad(ErrVersion, "", quote(text))
	}
	return id, bad(ErrNotPayload, "", "another archive")
}

// diagnose says why no end record is where it has to be.
func diagnose(r io.ReaderAt, size int64) error {
	n := atMost(size, 1<<16)
	tail := make([]byte, n)
	if err := readFull(r, tail, size-n); err != nil {
		return err
	}
	mark := le32(nil, endMagic)
	if at := bytes.LastIndex(tail, mark); at >= 0 && bytes.Contains(tail[at:], []byte(commentHead)) {
		if over := len(tail) - at - tailSize; over > 0 {
			return bad(ErrTrailing, "", strconv.Itoa(over)+" bytes")
		}
		return bad(ErrTruncated, "", "")
	}
	var first [4]byte
	if err := readFull(r, first[:], 0); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(first[:]) == headerMagic {
		return bad(ErrTruncated, "", "it has no end")
	}
	return bad(ErrNotPayload, "", "")
}

// Open reads the end, the directory and the index of the payload in the first size
// bytes of r, and checks them against each other. It reads no data of entries.
func Open(r io.ReaderAt, size int64) (*Reader, error) {
	id, err := ReadID(r, size)
	if err != nil {
		return nil, err
	}
	p := &Reader{r: r, id: id}
	end, err := readEnd(r, size)
	if err != nil {
		return nil, err
	}
	if end.length() != size || size-end.start > maxListing {
		return nil, bad(ErrLayout, "", "its directory is not at its end")
	}
	listing := make([]byte, size-end.start)
	if err := readFull(r, listing, end.start); err != nil {
		return nil, err
	}
	directory := listing[:end.end-end.start]
	if err := p.readIndex(&directory, end.start); err != nil {
		return nil, err
	}
	if err := p.takeDirectory(directory); err != nil {
		return nil, err
	}
	tail := appendEnd(nil, len(p.entries)+1, end.start, end.end, id)
	if !bytes.Equal(tail, listing[end.end-end.start:]) {
		return nil, bad(ErrLayout, "", "its end")
	}
	return p, nil
}

// A span is where the directory of the archive is, and how long what follows it is.
type span struct{ start, end, tail int64 }

// length returns how long the payload is.
func (d *span) length() int64 { return d.end + d.tail }

// readEnd finds the directory by the end records. That these are right in all else is
// checked once it is known what they should say.
func readEnd(r io.ReaderAt, size int64) (d span, err error) {
	var b [end64Size + locatorSize + tailSize]byte
	n := atMost(size, int64(len(b)))
	if err := readFull(r, b[int64(len(b))-n:], size-n); err != nil {
		return d, err
	}
	end := b[end64Size+locatorSize:]
	d.tail = int64(tailSize)
	d.start = int64(binary.LittleEndian.Uint32(end[16:]))
	d.end = d.start + int64(binary.LittleEndian.Uint32(end[12:]))
	if isMarked(end) {
		d.tail = int64(len(b))
		d.start = int64(binary.LittleEndian.Uint64(b[48:]))
		d.end = d.start + int64(binary.LittleEndian.Uint64(b[40:]))
	}
	if d.start < 0 || d.end < d.start || d.end > size-d.tail {
		return d, bad(ErrLayout, "", "its directory is not inside")
	}
	return d, nil
}

// isMarked tells whether the end record sends readers to the one of zip64.
func isMarked(end []byte) bool {
	return binary.LittleEndian.Uint16(end[10:]) == max16 ||
		binary.LittleEndian.Uint32(end[12:]) == max32 || binary.LittleEndian.Uint32(end[16:]) == max32
}

// readIndex reads the index, which ends where the directory starts, and takes its
// record, the first, off the directory.
func (p *Reader) readIndex(directory *[]byte, start int64) error {
	p.index = indexPlace(0)
	if len(*directory) < recordSize {
		return bad(ErrLayout, "", "no room for its index")
	}
	p.index.size = int64(binary.LittleEndian.Uint32((*directory)[24:]))
	p.index.offset = start - p.index.headerLen() - p.index.size
	if p.index.size > maxListing || p.index.offset < 0 {
		return bad(ErrLayout, "", "no room for its index")
	}
	rest, ok := p.index.takeRecord(*directory)
	if !ok || p.index.method != stored {
		return bad(ErrDirectory, indexName, "")
	}
	*directory = rest
	data := make([]byte, start-p.index.offset)
	if err := readFull(p.r, data, p.index.offset); err != nil {
		return err
	}
	head, data := data[:p.index.headerLen()], data[p.index.headerLen():]
	if !bytes.Equal(head, p.index.appendHeader(nil)) {
		return bad(ErrHeader, indexName, "")
	}
	if sha256.Sum256(data) != p.id {
		return bad(ErrID, "", "")
	}
	if crc32.ChecksumIEEE(data) != p.index.crc {
		return bad(ErrChecksum, indexName, "")
	}
	var err error
	p.entries, err = decodeIndex(data)
	return err
}

func indexPlace(size int64) place {
	return placeOf(&Entry{Path: indexName, Mode: 0o644, Size: size})
}

// takeDirectory takes the places of the entries off the directory.
func (p *Reader) takeDirectory(directory []byte) error {
	p.places = make([]place, len(p.entries))
	var offset int64
	for i := range p.entries {
		at := &p.places[i]
		*at = placeOf(&p.entries[i])
		at.offset = offset
		var ok bool
		if directory, ok = at.takeRecord(directory); !ok || !at.fits(&p.entries[i]) {
			return bad(ErrDirectory, p.entries[i].Path, "")
		}
		if offset = at.end(); offset < at.offset || offset > p.index.offset {
			return bad(ErrLayout, p.entries[i].Path, "its data is not inside")
		}
	}
	if offset != p.index.offset || len(directory) != 0 {
		return bad(ErrLayout, "", "data that belongs to no entry")
	}
	return nil
}

// ID returns the SHA-256 of the index, which names the tree.
func (p *Reader) ID() [32]byte { return p.id }

// Entries returns what is in the payload, ordered by path as bytes, so that a directory's
// entries follow each other. Parents are implied. The slice is the Reader's own.
func (p *Reader) Entries() []Entry { return p.entries }

// PackedSize returns how many bytes entry i occupies in the payload.
func (p *Reader) PackedSize(i int) int64 { return p.places[i].packed }

// readFull fills b from r at off. What ends earlier is cut short.
func readFull(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	switch {
	case n == len(b):
		return nil
	case err == io.EOF || err == nil:
		return bad(ErrTruncated, "", "")
	}
	return err
}
