package pylauncher

import (
	"debug/elf"
	"strings"
)

// fill computes the contents of all sections, and the links between them.
func (im *image) fill() {
	set := func(name string, data []byte) { im.section(name).data = data }
	set(".interp", append([]byte(im.machine.interp), 0))
	set(".hash", im.hash())
	set(".dynsym", im.symbols())
	set(".dynstr", im.strings.data())
	set(".gnu.version", im.versions())
	set(".gnu.version_r", im.verneed())
	set(".rela.dyn", im.relocations())
	set(".rodata", im.rodata())
	set(".text", im.machine.code(im.section(".text").Addr, im.addrs()))
	set(".dynamic", encode(im.dynamic()))
	set(".got", make([]byte, wordSize*len(imports)))
	set(".shstrtab", im.sectionNames().data())

	link := func(name, to string, info uint32, entsize uint64) {
		s := im.section(name)
		s.Link, s.Info, s.Entsize = im.index(to), info, entsize
	}
	link(".hash", ".dynsym", 0, 4)
	link(".dynsym", ".dynstr", 1, symSize) // info: the first global symbol
	link(".gnu.version", ".dynsym", 0, 2)
	link(".gnu.version_r", ".dynstr", 1, 0) // info: how many libraries
	link(".rela.dyn", ".dynsym", 0, relaSize)
	link(".dynamic", ".dynstr", 0, dynSize)
	link(".got", "", 0, wordSize)
}

// hash returns a hash table of one bucket. The loader looks for every symbol of
// libpython here first, and gives up on each of the three entries at once,
// because they are undefined.
func (im *image) hash() []byte {
	const buckets = 1
	symbols := uint32(len(imports) + 1)
	table := []uint32{buckets, symbols, 1, 0} // … bucket 0: symbol 1; chain of symbol 0: none
	for i := uint32(1); i < symbols; i++ {
		table = append(table, (i+1)%symbols) // the next one; 0 ends the chain
	}
	return encode(table)
}

// symbols returns the symbol table: all undefined functions.
func (im *image) symbols() []byte {
	table := []elf.Sym64{{}}
	for _, sym := range imports {
		table = append(table, elf.Sym64{
			Name: im.strings.add(sym.name),
			Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC),
		})
	}
	return encode(table)
}

// versions returns the version index of every symbol.
func (im *image) versions() []byte {
	table := []uint16{versionLocal}
	for _, sym := range imports {
		table = append(table, sym.version)
	}
	return encode(table)
}

// verneed returns the version requirements: one version of one library.
func (im *image) verneed() []byte {
	type need struct { // Elf64_Verneed and its only Elf64_Vernaux
		Version, Count       uint16
		File, Aux, Next      uint32
		Hash                 uint32
		Flags, Index         uint16
		AuxName, AuxNextNone uint32
	}
	base := im.machine.base
	return encode(need{
		Version: 1, Count: 1, File: im.strings.add(libc), Aux: 16,
		Hash: sysvHash(base), Index: versionBase, AuxName: im.strings.add(base),
	})
}

// sysvHash is the hash function of the gABI, chapter 5.
func sysvHash(name string) uint32 {
	var h uint32
	for _, c := range []byte(name) {
		h = h<<4 + uint32(c)
		g := h & 0xF0000000
		h = (h ^ g>>24) &^ g
	}
	return h
}

// relocations returns one relocation for each word of .got.
func (im *image) relocations() []byte {
	var table []elf.Rela64
	for i := range imports {
		table = append(table, elf.Rela64{
			Off:  im.got(i),
			Info: elf.R_INFO(uint32(i+1), im.machine.globDat),
		})
	}
	return encode(table)
}

// got returns the address of the word of an import.
func (im *image) got(i int) uint64 { return im.section(".got").Addr + uint64(i)*wordSize }

// addrs returns what the code refers to.
func (im *image) addrs() addrs {
	a := addrs{bytesMain: im.got(0), startMain: im.got(1), unsetenv: im.got(2)}
	at := im.section(".rodata").Addr
	for _, name := range unset {
		a.names = append(a.names, at)
		at += uint64(len(name)) + 1
	}
	if im.option != "" {
		a.optimize = at
	}
	return a
}

// rodata returns the names for unsetenv, and the option, as C strings.
func (im *image) rodata() []byte {
	data := strings.Join(unset, "\x00") + "\x00"
	if im.option != "" {
		data += im.option + "\x00"
	}
	return []byte(data)
}

// dynamic returns the dynamic section.
func (im *image) dynamic() []elf.Dyn64 {
	addr := func(name string) uint64 { return im.section(name).Addr }
	str := func(s string) uint64 { return uint64(im.strings.add(s)) }
	return []elf.Dyn64{
		{Tag: int64(elf.DT_NEEDED), Val: str(im.soname)},
		{Tag: int64(elf.DT_NEEDED), Val: str(libc)},
		{Tag: int64(elf.DT_RPATH), Val: str(rpath)},
		{Tag: int64(elf.DT_HASH), Val: addr(".hash")},
		{Tag: int64(elf.DT_STRTAB), Val: addr(".dynstr")},
		{Tag: int64(elf.DT_STRSZ), Val: im.section(".dynstr").Size},
		{Tag: int64(elf.DT_SYMTAB), Val: addr(".dynsym")},
		{Tag: int64(elf.DT_SYMENT), Val: symSize},
		{Tag: int64(elf.DT_VERSYM), Val: addr(".gnu.version")},
		{Tag: int64(elf.DT_VERNEED), Val: addr(".gnu.version_r")},
		{Tag: int64(elf.DT_VERNEEDNUM), Val: 1},
		{Tag: int64(elf.DT_RELA), Val: addr(".rela.dyn")},
		{Tag: int64(elf.DT_RELASZ), Val: im.section(".rela.dyn").Size},
		{Tag: int64(elf.DT_RELAENT), Val: relaSize},
		{Tag: int64(elf.DT_FLAGS), Val: uint64(elf.DF_BIND_NOW)},
		{Tag: int64(elf.DT_FLAGS_1), Val: uint64(elf.DF_1_NOW | elf.DF_1_PIE)},
		{Tag: int64(elf.DT_DEBUG)}, // the loader leaves its list of libraries here for debuggers
		{Tag: int64(elf.DT_NULL)},
	}
}
