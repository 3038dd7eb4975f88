// Package section puts the archive of a one-file program into a section of its ELF
// executable, when that is linked already, and finds it there when the program starts.
//
// # Where it is
//
// The section is called .llgo_py. It is of type SHT_PROGBITS and not allocated: nothing of
// it is mapped when the program is loaded, and `strip` leaves it where it is, as it does
// not with what only follows the file. What follows the linked executable is
//
//	the names of the sections, .llgo_py among them
//	the section header table, a copy with one entry more
//	the archive, from the beginning of a page on, where a file system can share blocks
//	the archive's directory once more, for people (payload.AppendListing)
//
// and of the executable itself nothing changes but where its header says that the table
// is. That comes before the archive so that in a file that was cut the section is still
// there, and known to be too short. The format is that of the System V ABI, chapter 4.
//
// # Why not go:embed
//
// Go's linker has everything that is embedded in memory, twice for a while: 2.3 GB for an
// archive of 1.1. And a program could be linked only when its archive was there. A
// Mach-O file is embedded all the same: its signature covers the whole file, and the
// linker writes it ([Embedded]).
//
// # Trust
//
// A program opens the file that the kernel runs (/proc/self/exe), no path that anybody
// could have written to meanwhile, once, and reads the archive from it as it reads it
// from memory: what is there is what package payload says, or it is refused.
package section

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// Name is the section's.
const Name = ".llgo_py"

// ErrNone means that an ELF file has no such section.
var ErrNone = errors.New("no section " + Name + ": the file was changed after it was built")

// ErrNotELF means that a file is none that a program could be.
var ErrNotELF = errors.New("not a 64-bit little-endian ELF file")

// Sizes and offsets of the ELF64 header and of a section header (elf.h).
const (
	headerSize   = 64
	entrySize    = 64
	tableAt      = 0x28 // e_shoff, 8 bytes
	entrySizeAt  = 0x3a // e_shentsize, 2 bytes; e_shnum and e_shstrndx follow
	typeAt       = 0x04 // sh_type, 4 bytes; sh_flags follows, 8 bytes
	offsetAt     = 0x18 // sh_offset, 8 bytes; sh_size follows
	progbits     = 1    // SHT_PROGBITS
	identOfELF64 = "\x7fELF\x02\x01"
)

// Find returns where the section is in an ELF file. Whether the file is that long is for
// the reader of the archive to find out.
func Find(r io.ReaderAt) (offset, size int64, err error) {
	var header [headerSize]byte
	if err := readFull(r, header[:], 0); err != nil && err != ErrNone {
		return 0, 0, err
	}
	if string(header[:len(identOfELF64)]) != identOfELF64 {
		return 0, 0, ErrNotELF
	}
	count := int(binary.LittleEndian.Uint16(header[entrySizeAt+2:]))
	names := int(binary.LittleEndian.Uint16(header[entrySizeAt+4:]))
	if binary.LittleEndian.Uint16(header[entrySizeAt:]) != entrySize || names >= count {
		return 0, 0, ErrNone
	}
	table := make([]byte, count*entrySize)
	if err := readFull(r, table, int64(binary.LittleEndian.Uint64(header[tableAt:]))); err != nil {
		return 0, 0, err
	}
	namesAt, _ := place(table[names*entrySize:])
	for i := count - 1; i >= 0; i-- { // it is the last, or nearly
		if entry := table[i*entrySize:][:entrySize]; isNamed(r, entry, namesAt) {
			offset, size = place(entry)
			if offset < 0 || size < 0 || offset+size < 0 {
				return 0, 0, ErrNone
			}
			return offset, size, nil
		}
	}
	return 0, 0, ErrNone
}

// isNamed tells whether an entry of the table is the section.
func isNamed(r io.ReaderAt, entry []byte, namesAt int64) bool {
	if binary.LittleEndian.Uint32(entry[typeAt:]) != progbits || binary.LittleEndian.Uint64(entry[typeAt+4:]) != 0 {
		return false
	}
	var name [len(Name) + 1]byte
	err := readFull(r, name[:], namesAt+int64(binary.LittleEndian.Uint32(entry)))
	return err == nil && string(name[:]) == Name+"\x00"
}

func place(entry []byte) (offset, size int64) {
	return int64(binary.LittleEndian.Uint64(entry[offsetAt:])), int64(binary.LittleEndian.Uint64(entry[offsetAt+8:]))
}

// readFull reads what belongs to the ELF file itself.
func readFull(r io.ReaderAt, b []byte, off int64) error {
	if off < 0 {
		return ErrNone
	}
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == io.EOF {
		return ErrNone
	}
	return err
}

// An Archive is what a program carries.
type Archive struct {
	*io.SectionReader
	close func()
}

// Embedded is an archive that the linker put into the program.
func Embedded(archive string) *Archive {
	return &Archive{io.NewSectionReader(strings.NewReader(archive), 0, int64(len(archive))), func() {}}
}

// Close lets go of the file. Nothing can be read afterwards.
func (a *Archive) Close() { a.close() }
