package pylauncher

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// The image. All of it is in one page of the file, which is mapped three times
// at addresses a page apart, so that no address is both writable and executable:
//
//	page 0   r--   headers, what the loader reads
//	page 1   r-x   .text
//	page 2   rw-   .dynamic and .got; read-only again after relocation (RELRO)
const (
	headerSize  = 64
	progSize    = 56
	sectionSize = 64
	symSize     = 24
	relaSize    = 24
	dynSize     = 16
	wordSize    = 8
)

// The version indices of .gnu.version.
const (
	versionLocal  = 0
	versionGlobal = 1 // any version
	versionBase   = 2 // machine.base
)

// imports are the functions the launcher calls, in the order of their symbols
// (1, 2, 3) and of their words in .got.
var imports = []struct {
	name    string
	version uint16
}{
	{"Py_BytesMain", versionGlobal},
	{"__libc_start_main", versionBase},
	{"unsetenv", versionBase},
}

// A section is a piece of the image with its header.
type section struct {
	name string
	elf.Section64
	data []byte
}

// An image is a launcher being laid out.
type image struct {
	machine  *machine
	strings  stringTable // .dynstr
	sections []*section  // in the order of the file; the first is the null section
	soname   string
	option   string // "-O", "-OO" or ""
}

func newImage(m *machine, soname, option string) *image {
	im := &image{machine: m, soname: soname, option: option, sections: []*section{{}}}
	for _, sym := range imports {
		im.strings.add(sym.name)
	}
	for _, s := range []string{soname, libc, rpath, m.base} {
		im.strings.add(s)
	}
	im.layout()
	im.fill()
	return im
}

// layout gives every section its place. Sizes do not depend on contents, so that
// what refers to addresses can be filled in afterwards.
func (im *image) layout() {
	const r, x, rw = elf.SHF_ALLOC, elf.SHF_ALLOC | elf.SHF_EXECINSTR, elf.SHF_ALLOC | elf.SHF_WRITE
	off := uint64(headerSize + len(segments)*progSize)
	add := func(name string, typ elf.SectionType, flags elf.SectionFlag, align uint64, size int) {
		off = alignUp(off, align)
		s := &section{name: name}
		s.Type, s.Flags, s.Addralign = uint32(typ), uint64(flags), align
		s.Off, s.Size = off, uint64(size)
		s.Addr = im.base(flags) + off
		im.sections = append(im.sections, s)
		off += s.Size
	}
	symbols := len(imports) + 1
	add(".interp", elf.SHT_PROGBITS, r, 1, len(im.machine.interp)+1)
	add(".hash", elf.SHT_HASH, r, wordSize, 4*(2+1+symbols))
	add(".dynsym", elf.SHT_DYNSYM, r, wordSize, symSize*symbols)
	add(".dynstr", elf.SHT_STRTAB, r, 1, len(im.strings.data()))
	add(".gnu.version", elf.SHT_GNU_VERSYM, r, 2, 2*symbols)
	add(".gnu.version_r", elf.SHT_GNU_VERNEED, r, wordSize, len(im.verneed()))
	add(".rela.dyn", elf.SHT_RELA, r, wordSize, relaSize*len(imports))
	add(".rodata", elf.SHT_PROGBITS, r, 1, len(im.rodata()))
	add(".text", elf.SHT_PROGBITS, x, 16, len(im.machine.code(0, addrs{names: make([]uint64, len(unset)), optimize: uint64(len(im.option))})))
	add(".dynamic", elf.SHT_DYNAMIC, rw, wordSize, dynSize*len(im.dynamic()))
	add(".got", elf.SHT_PROGBITS, rw, wordSize, wordSize*len(imports))
	add(".shstrtab", elf.SHT_STRTAB, 0, 1, len(im.sectionNames().data()))
}

// base returns the address the file's first byte has in the segment of a flag.
func (im *image) base(flags elf.SectionFlag) uint64 {
	switch {
	case flags&elf.SHF_EXECINSTR != 0:
		return im.machine.page
	case flags&elf.SHF_WRITE != 0:
		return 2 * im.machine.page
	}
	return 0
}

// section returns a section by name, an empty one before it has its place.
func (im *image) section(name string) *section {
	for _, s := range im.sections {
		if s.name == name {
			return s
		}
	}
	return &section{}
}

// index returns a section's number.
func (im *image) index(name string) uint32 {
	for i, s := range im.sections {
		if s.name == name {
			return uint32(i)
		}
	}
	return 0
}

// sectionNames returns .shstrtab.
func (im *image) sectionNames() *stringTable {
	t := &stringTable{}
	for _, s := range im.sections[1:] {
		t.add(s.name)
	}
	t.add(".shstrtab")
	return t
}

// bytes returns the file.
func (im *image) bytes() []byte {
	last := im.sections[len(im.sections)-1]
	table := alignUp(last.Off+last.Size, wordSize)
	out := make([]byte, table)
	copy(out, encode(im.header(table)))
	copy(out[headerSize:], encode(im.programHeaders()))
	names := im.sectionNames()
	for _, s := range im.sections {
		copy(out[s.Off:], s.data)
		if s.name != "" {
			s.Name = names.add(s.name)
		}
		out = append(out, encode(s.Section64)...)
	}
	return out
}

// header returns the ELF header of a file with its section headers at table.
func (im *image) header(table uint64) elf.Header64 {
	h := elf.Header64{
		Type: uint16(elf.ET_DYN), Machine: uint16(im.machine.id), Version: uint32(elf.EV_CURRENT),
		Entry: im.section(".text").Addr, Phoff: headerSize, Shoff: table,
		Ehsize: headerSize, Phentsize: progSize, Phnum: uint16(len(segments)),
		Shentsize: sectionSize, Shnum: uint16(len(im.sections)), Shstrndx: uint16(len(im.sections) - 1),
	}
	copy(h.Ident[:], elf.ELFMAG)
	h.Ident[elf.EI_CLASS] = byte(elf.ELFCLASS64)
	h.Ident[elf.EI_DATA] = byte(elf.ELFDATA2LSB)
	h.Ident[elf.EI_VERSION] = byte(elf.EV_CURRENT)
	return h
}

// encode returns fixed-size values as they are in a file.
func encode(v any) []byte {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
		panic(err) // a type without a fixed size: cannot depend on input
	}
	return b.Bytes()
}

func alignUp(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }

// A stringTable is an ELF string table: NUL-terminated strings, the first empty.
type stringTable struct {
	buf   []byte
	index map[string]uint32
}

// add returns the offset of a string, which is in the table afterwards.
func (t *stringTable) add(s string) uint32 {
	if t.index == nil {
		t.index, t.buf = map[string]uint32{}, []byte{0}
	}
	if at, ok := t.index[s]; ok {
		return at
	}
	at := uint32(len(t.buf))
	t.index[s] = at
	t.buf = append(append(t.buf, s...), 0)
	return at
}

func (t *stringTable) data() []byte { return t.buf }
