package pylauncher

import "debug/elf"

// segments are the program headers: which sections each one spans.
var segments = []struct {
	typ         elf.ProgType
	flags       elf.ProgFlag
	first, last string // sections; none: the program header table itself
}{
	{elf.PT_PHDR, elf.PF_R, "", ""},
	{elf.PT_INTERP, elf.PF_R, ".interp", ".interp"},
	{elf.PT_LOAD, elf.PF_R, "", ".rodata"},
	{elf.PT_LOAD, elf.PF_R | elf.PF_X, ".text", ".text"},
	{elf.PT_LOAD, elf.PF_R | elf.PF_W, ".dynamic", ".got"},
	{elf.PT_DYNAMIC, elf.PF_R | elf.PF_W, ".dynamic", ".dynamic"},
	{elf.PT_GNU_RELRO, elf.PF_R, ".dynamic", ".got"},
	{elf.PT_GNU_STACK, elf.PF_R | elf.PF_W, "", ""},
}

// programHeaders returns the program header table.
func (im *image) programHeaders() []elf.Prog64 {
	table := make([]elf.Prog64, 0, len(segments))
	for _, seg := range segments {
		p := elf.Prog64{Type: uint32(seg.typ), Flags: uint32(seg.flags)}
		im.place(&p, im.section(seg.first), im.section(seg.last))
		table = append(table, p)
	}
	return table
}

// place sets the extent and alignment of a program header. An absent first
// section is the start of the file.
func (im *image) place(p *elf.Prog64, first, last *section) {
	p.Off, p.Vaddr, p.Align = first.Off, first.Addr, max(first.Addralign, 1)
	p.Filesz = last.Off + last.Size - first.Off
	switch elf.ProgType(p.Type) {
	case elf.PT_PHDR:
		p.Off, p.Vaddr, p.Align = headerSize, headerSize, wordSize
		p.Filesz = uint64(len(segments)) * progSize
	case elf.PT_GNU_STACK:
		p.Align = 16
	case elf.PT_LOAD:
		p.Align = im.machine.page
	}
	p.Paddr, p.Memsz = p.Vaddr, p.Filesz
	if first.name == ".dynamic" && last.name == ".got" {
		// The loader protects whole pages and rounds the end down, so the segment
		// and its RELRO go on, with zeros, to the end of the page.
		p.Memsz = alignUp(p.Vaddr+p.Filesz, im.machine.page) - p.Vaddr
	}
}
