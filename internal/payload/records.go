package payload

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"io/fs"
)

// The records of ZIP, as in APPNOTE.TXT 6.3.10 §4.3 and §4.5.3. Each encoder returns the
// one form that payloads have; readers compare with it, and so decode little.

const (
	headerSize    = 30 // of a local header, without name and extra field
	recordSize    = 46 // of a record of the directory, likewise
	endSize       = 22 // of the end record, without the comment
	end64Size     = 56 // of the zip64 end record
	locatorSize   = 20 // of what locates that
	maxExtra      = 4 + 3*8
	headerMagic   = 0x04034b50
	recordMagic   = 0x02014b50
	endMagic      = 0x06054b50
	end64Magic    = 0x06064b50
	locatorMagic  = 0x07064b50
	extra64       = 1 // the extra field of zip64
	max16         = 1<<16 - 1
	max32         = 1<<32 - 1
	versionStored = 20 // needed to extract
	version64     = 45 // … with zip64
	versionZstd   = 63 // … with zstd
	madeBy        = 3<<8 | 63
	utf8Flag      = 1 << 11
	firstDay      = 1<<5 | 1 // 1980-01-01 as DOS has it
)

// Methods of compression.
const (
	stored = 0
	zstded = 93
)

// A place is where and how the data of an entry is. Offsets count from the beginning of
// the file that the directory is in.
type place struct {
	name   string // with "/" behind a directory
	attr   uint32 // external attributes: Unix mode << 16 | those of DOS
	method uint16
	crc    uint32
	packed int64 // bytes in the archive
	size   int64 // bytes when extracted
	offset int64 // of the header
}

// placeOf returns what of the place of an entry does not depend on compression.
func placeOf(e *Entry) place {
	p := place{name: e.Path, size: e.Size}
	const regular, link, dir, dosDir = 0o100000, 0o120000, 0o040000, 0x10
	switch perm := uint32(e.Mode.Perm()); e.Mode.Type() {
	case fs.ModeSymlink:
		p.attr, p.size = (link|perm)<<16, int64(len(e.Target))
	case fs.ModeDir:
		p.name, p.attr = e.Path+"/", (dir|perm)<<16|dosDir
	default:
		p.attr = (regular | perm) << 16
	}
	return p
}

// end returns where the entry's data ends and the next header begins.
func (p *place) end() int64 { return p.offset + p.headerLen() + p.packed }

func (p *place) headerLen() int64 {
	n := headerSize + len(p.name)
	if p.large() {
		n += 4 + 2*8
	}
	return int64(n)
}

// large tells whether the sizes need zip64. In a header both have to be there then.
func (p *place) large() bool { return p.size >= max32 || p.packed >= max32 }

func (p *place) version() uint16 {
	switch {
	case p.method == zstded:
		return versionZstd
	case p.large() || p.offset >= max32:
		return version64
	}
	return versionStored
}

// appendHeader appends the header in front of the data. It does not name the offset, so
// that it stays right when the payload becomes part of another file.
func (p *place) appendHeader(b []byte) []byte {
	here := *p
	here.offset = 0
	packed, size, extra := uint32(p.packed), uint32(p.size), 0
	if p.large() {
		packed, size, extra = max32, max32, 4+2*8
	}
	b = le32(b, headerMagic)
	b = here.appendCommon(b, packed, size, extra)
	b = append(b, p.name...)
	if extra > 0 {
		b = le16(le16(b, extra64), 2*8)
		b = le64(le64(b, uint64(p.size)), uint64(p.packed))
	}
	return b
}

// appendCommon appends the fields that a header and a record share.
func (p *place) appendCommon(b []byte, packed, size uint32, extra int) []byte {
	b = le16(b, p.version())
	b = le16(b, utf8Flag)
	b = le16(b, p.method)
	b = le16(le16(b, 0), firstDay)
	b = le32(b, p.crc)
	b = le32(le32(b, packed), size)
	return le16(le16(b, uint16(len(p.name))), uint16(extra))
}

// appendRecord appends the record of the directory.
func (p *place) appendRecord(b []byte) []byte {
	var extra []byte
	fit := func(v int64) uint32 {
		if v < max32 {
			return uint32(v)
		}
		extra = le64(extra, uint64(v))
		return max32
	}
	size, packed, offset := fit(p.size), fit(p.packed), fit(p.offset)
	if extra != nil {
		extra = append(le16(le16(nil, extra64), uint16(len(extra))), extra...)
	}
	b = le32(b, recordMagic)
	b = le16(b, madeBy)
	b = p.appendCommon(b, packed, size, len(extra))
	b = le16(le16(b, 0), 0) // length of comment, number of disk
	b = le16(b, 0)          // internal attributes
	b = le32(b, p.attr)
	b = le32(b, offset)
	return append(append(b, p.name...), extra...)
}

// takeRecord takes the next record off a directory: what only it knows goes into p.
// Whether the rest of it is as it must be, and fits p, is told by encoding p again.
func (p *place) takeRecord(b []byte) (rest []byte, ok bool) {
	if len(b) < recordSize {
		return nil, false
	}
	p.method = binary.LittleEndian.Uint16(b[10:])
	p.crc = binary.LittleEndian.Uint32(b[16:])
	p.packed = int64(binary.LittleEndian.Uint32(b[20:]))
	if p.method == stored {
		p.packed = p.size
	} else if p.packed == max32 {
		at := recordSize + len(p.name) + 4
		if p.size >= max32 {
			at += 8
		}
		if len(b) < at+8 {
			return nil, false
		}
		p.packed = int64(binary.LittleEndian.Uint64(b[at:]))
	}
	if p.packed < 0 || p.method != stored && p.method != zstded {
		return nil, false
	}
	var buf [recordSize + 256 + maxExtra]byte
	want := p.appendRecord(buf[:0])
	if len(b) < len(want) || string(b[:len(want)]) != string(want) {
		return nil, false
	}
	return b[len(want):], true
}

// fits tells whether what compression yielded is possible for an entry. All of it is
// known for what is no file.
func (p *place) fits(e *Entry) bool {
	if !e.Mode.IsRegular() {
		return p.method == stored && p.crc == crc32.ChecksumIEEE([]byte(e.Target))
	}
	return p.method == stored || p.packed < p.size
}

const commentHead = "llgo-py payload 1 sha256:"

// tailSize is how much [ReadID] reads: the end record with its comment.
const tailSize = endSize + len(commentHead) + 2*32

// appendEnd appends what follows a directory of n records from start to end: the zip64
// records if needed, and the end record with the id.
func appendEnd(b []byte, n int, start, end int64, id [32]byte) []byte {
	if n >= max16 || end-start >= max32 || start >= max32 {
		b = appendEnd64(b, n, start, end)
	}
	b = le32(b, endMagic)
	b = le16(le16(b, 0), 0) // disks
	b = le16(b, uint16(atMost(int64(n), max16)))
	b = le16(b, uint16(atMost(int64(n), max16)))
	b = le32(b, uint32(atMost(end-start, max32)))
	b = le32(b, uint32(atMost(start, max32)))
	b = le16(b, uint16(tailSize-endSize))
	b = append(b, commentHead...)
	return append(b, hex.EncodeToString(id[:])...)
}

func appendEnd64(b []byte, n int, start, end int64) []byte {
	b = le32(b, end64Magic)
	b = le64(b, end64Size-12) // of what follows
	b = le16(le16(b, madeBy), version64)
	b = le32(le32(b, 0), 0) // disks
	b = le64(le64(b, uint64(n)), uint64(n))
	b = le64(le64(b, uint64(end-start)), uint64(start))
	b = le32(b, locatorMagic)
	b = le32(b, 0) // disk
	b = le64(b, uint64(end))
	return le32(b, 1) // disks
}

func atMost(v, limit int64) int64 {
	if v > limit {
		return limit
	}
	return v
}

func le16(b []byte, v uint16) []byte { return binary.LittleEndian.AppendUint16(b, v) }
func le32(b []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(b, v) }
func le64(b []byte, v uint64) []byte { return binary.LittleEndian.AppendUint64(b, v) }
