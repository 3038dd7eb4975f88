//go:build !llgopy

package section

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// page is what the archive's offset is a multiple of: the usual size of pages, and of
// the blocks of file systems.
const page = 4096

// Add gives the ELF executable f, which it appends to, the section with the content of
// archive, and returns where in f that begins. The kernel copies the content: none of it
// comes through this process's memory.
func Add(f, archive *os.File) (offset int64, err error) {
	info, err := archive.Stat()
	if err != nil {
		return 0, err
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	t, err := readTable(f)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", f.Name(), err)
	}
	head, err := t.grow(end, info.Size())
	if err != nil {
		return 0, err
	}
	if _, err := f.Write(head); err != nil {
		return 0, err
	}
	n, err := io.Copy(f, archive)
	if err == nil && n != info.Size() {
		err = fmt.Errorf("%s changes while it is copied", archive.Name())
	}
	if err != nil {
		return 0, err
	}
	header, err := binary.Append(nil, binary.LittleEndian, &t.header)
	if err != nil {
		return 0, err
	}
	_, err = f.WriteAt(header, 0)
	return end + int64(len(head)), err
}

// table is the section header table of a file.
type table struct {
	header  elf.Header64
	entries []elf.Section64
	names   []byte // the section that has their names
}

// readTable reads it from a file that does not have the section yet.
func readTable(r io.ReaderAt) (*table, error) {
	if _, _, err := Find(r); err == nil {
		return nil, errors.New("there is a section " + Name + " already")
	} else if !errors.Is(err, ErrNone) {
		return nil, err
	}
	t := &table{}
	if err := read(r, 0, headerSize, &t.header); err != nil {
		return nil, err
	}
	if t.header.Shentsize != entrySize || t.header.Shstrndx >= t.header.Shnum || t.header.Shnum+1 >= uint16(elf.SHN_LORESERVE) {
		return nil, errors.New("it has no section headers that another one can be added to")
	}
	t.entries = make([]elf.Section64, t.header.Shnum)
	if err := read(r, int64(t.header.Shoff), int64(len(t.entries)*entrySize), t.entries); err != nil {
		return nil, err
	}
	names := &t.entries[t.header.Shstrndx]
	t.names = make([]byte, names.Size)
	return t, read(r, int64(names.Off), int64(names.Size), t.names)
}

func read(r io.ReaderAt, offset, size int64, into any) error {
	return binary.Read(io.NewSectionReader(r, offset, size), binary.LittleEndian, into)
}

// grow adds the entry of the section, of that size, and returns what is to be written to
// the end of the file in front of its content.
func (t *table) grow(end, size int64) ([]byte, error) {
	name := len(t.names)
	b := bytes.NewBuffer(append(t.names, Name+"\x00"...))
	names := &t.entries[t.header.Shstrndx]
	names.Off, names.Size = uint64(end), uint64(b.Len())
	fill(b, end, 8)
	t.header.Shoff, t.header.Shnum = uint64(end)+uint64(b.Len()), t.header.Shnum+1
	content := align(end+int64(b.Len()+(len(t.entries)+1)*entrySize), page)
	t.entries = append(t.entries, elf.Section64{
		Name: uint32(name), Type: uint32(elf.SHT_PROGBITS), Off: uint64(content), Size: uint64(size), Addralign: page,
	})
	if err := binary.Write(b, binary.LittleEndian, t.entries); err != nil {
		return nil, err
	}
	fill(b, end, page)
	return b.Bytes(), nil
}

// fill writes zeros up to a multiple of unit in a file that has b from offset start on.
func fill(b *bytes.Buffer, start, unit int64) {
	at := start + int64(b.Len())
	b.Write(make([]byte, align(at, unit)-at))
}

func align(at, unit int64) int64 { return (at + unit - 1) / unit * unit }
