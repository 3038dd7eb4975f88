package unpack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// A stamp says that a tree is complete and how its files looked then. Little
// endian:
//
//	0   8  stampMagic
//	8   4  CRC-32 (Castagnoli) of all that follows
//	12  4  number of files
//	16 32  id of the payload
//	48 16  boot in which the stamp is good (bootID), zero for any
//	64     per file: mode 4, nanoseconds 4, seconds 8, size 8, path, NUL
//	       path of the program that made the tree, NUL
//
// Seconds and nanoseconds are of the last change, as the file system gives them.
type stamp struct {
	id      [32]byte
	boot    [16]byte
	files   []fileState
	program string
}

// fileState is how a file or link of a tree looks to lstat.
type fileState struct {
	path string // relative to the tree
	identity
}

const (
	stampMagic  = "llgopy\x01\n"
	stampHeader = 64
	recordFixed = 24
	stampLimit  = 1 << 28 // more is no stamp
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (s *stamp) encode() []byte {
	size := stampHeader + len(s.program) + 1
	for i := range s.files {
		size += recordFixed + len(s.files[i].path) + 1
	}
	b := make([]byte, stampHeader, size)
	copy(b, stampMagic)
	le := binary.LittleEndian
	le.PutUint32(b[12:], uint32(len(s.files)))
	copy(b[16:], s.id[:])
	copy(b[48:], s.boot[:])
	for _, f := range s.files {
		b = le.AppendUint32(b, f.mode)
		b = le.AppendUint32(b, uint32(f.nsec))
		b = le.AppendUint64(b, uint64(f.sec))
		b = le.AppendUint64(b, uint64(f.size))
		b = append(append(b, f.path...), 0)
	}
	b = append(append(b, s.program...), 0)
	le.PutUint32(b[8:], crc32.Checksum(b[12:], castagnoli))
	return b
}

// rawStamp is a stamp as read, checksum verified, not decoded further: a warm
// start walks over the bytes.
type rawStamp []byte

func parseStamp(b []byte) (rawStamp, bool) {
	ok := len(b) >= stampHeader && string(b[:8]) == stampMagic &&
		binary.LittleEndian.Uint32(b[8:]) == crc32.Checksum(b[12:], castagnoli)
	return rawStamp(b), ok
}

func (b rawStamp) id() [32]byte   { return *(*[32]byte)(b[16:48]) }
func (b rawStamp) boot() [16]byte { return *(*[16]byte)(b[48:64]) }
func (b rawStamp) count() int     { return int(binary.LittleEndian.Uint32(b[12:])) }

// each calls visit for every file until it returns false. path ends with a NUL,
// which is not part of the slice but can be reached through its capacity. The
// result is what follows the last record, nil if the walk ended early.
func (b rawStamp) each(visit func(path []byte, want *identity) bool) []byte {
	le := binary.LittleEndian
	rest := b[stampHeader:]
	var want identity
	for n := b.count(); n > 0; n-- {
		end := -1
		if len(rest) > recordFixed {
			end = bytes.IndexByte(rest[recordFixed:], 0)
		}
		if end < 0 {
			return nil
		}
		want.mode, want.nsec = le.Uint32(rest), int64(le.Uint32(rest[4:]))
		want.sec, want.size = int64(le.Uint64(rest[8:])), int64(le.Uint64(rest[16:]))
		path := rest[recordFixed:][: end : end+1]
		rest = rest[recordFixed+end+1:]
		if !visit(path, &want) {
			return nil
		}
	}
	return rest
}

// decode is for people's commands.
func (b rawStamp) decode() *stamp {
	s := &stamp{id: b.id(), boot: b.boot()}
	rest := b.each(func(path []byte, want *identity) bool {
		s.files = append(s.files, fileState{string(path), *want})
		return true
	})
	if len(rest) > 0 {
		s.program = string(rest[:len(rest)-1])
	}
	return s
}
