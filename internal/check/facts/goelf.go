package facts

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Names of e_machine in platform tags.
var machines = map[elf.Machine]string{
	elf.EM_386: "i686", elf.EM_MIPS: "mips", elf.EM_PPC: "ppc", elf.EM_PPC64: "ppc64", elf.EM_S390: "s390x",
	elf.EM_ARM: "armv7l", elf.EM_X86_64: "x86_64", elf.EM_AARCH64: "aarch64", elf.EM_RISCV: "riscv64",
	elf.EM_LOONGARCH: "loongarch64",
}

// goELF reads ELF with debug/elf.
func goELF(r io.ReaderAt) ([]Image, error) {
	f, err := elf.NewFile(r)
	if err != nil {
		return nil, err
	}
	img := Image{Format: formatELF, Bits: 32, Endian: "little", Arch: machines[f.Machine]}
	if f.Class == elf.ELFCLASS64 {
		img.Bits = 64
	}
	if f.ByteOrder == binary.BigEndian {
		img.Endian = "big"
	}
	switch {
	case img.Arch == "ppc64" && img.Endian == "little":
		img.Arch = "ppc64le"
	case img.Arch == "":
		img.Arch = fmt.Sprintf("machine-%d", f.Machine)
	}
	if err := elfSegments(f, &img); err != nil {
		return nil, err
	}
	if err := elfDynamic(f, &img); err != nil {
		return nil, err
	}
	if err := elfSymbols(f, &img); err != nil {
		return nil, err
	}
	return []Image{img}, nil
}

// elfCut says which part of an ELF file is not in it, "" if all are. Linkers may put
// the headers in front, so that readers notice nothing of a file that was cut.
func elfCut(r io.ReaderAt, size int64) string {
	f, err := elf.NewFile(r)
	if err != nil {
		return "" // and that is said already
	}
	for _, p := range f.Progs {
		if p.Filesz > 0 && outside(p.Off, p.Filesz, size) {
			return fmt.Sprintf("it is cut short: segment %s ends at byte %d of %d", p.Type, p.Off+p.Filesz, size)
		}
	}
	for _, section := range f.Sections {
		if section.Type != elf.SHT_NOBITS && section.Type != elf.SHT_NULL && outside(section.Offset, section.FileSize, size) {
			return fmt.Sprintf("it is cut short: section %s ends at byte %d of %d", section.Name, section.Offset+section.FileSize, size)
		}
	}
	return ""
}

// outside tells whether a part of a file goes beyond its end.
func outside(offset, length uint64, size int64) bool {
	return offset > uint64(size) || length > uint64(size)-offset
}

// elfSegments reads what the program headers say.
func elfSegments(f *elf.File, img *Image) error {
	for _, p := range f.Progs {
		switch p.Type {
		case elf.PT_INTERP:
			const longest = 4096
			text, err := io.ReadAll(io.LimitReader(p.Open(), longest))
			if err != nil {
				return err
			}
			img.Interp, _, _ = strings.Cut(string(text), "\x00")
		case elf.PT_GNU_STACK:
			if img.Stack == "" {
				img.Stack = permissions(p.Flags)
			}
		case elf.PT_GNU_RELRO:
			img.RELRO = true
		case elf.PT_LOAD:
			if p.Flags&elf.PF_W != 0 && p.Flags&elf.PF_X != 0 {
				img.WritableCode = append(img.WritableCode, fmt.Sprintf("LOAD %#x", p.Vaddr))
			}
		}
	}
	return nil
}

func permissions(flags elf.ProgFlag) (text string) {
	for _, p := range []struct {
		bit  elf.ProgFlag
		name string
	}{{elf.PF_R, "r"}, {elf.PF_W, "w"}, {elf.PF_X, "x"}} {
		if flags&p.bit != 0 {
			text += p.name
		}
	}
	return text
}

// elfDynamic reads the dynamic section, and with it what kind of file this is.
func elfDynamic(f *elf.File, img *Image) error {
	strs := map[elf.DynTag][]string{}
	for _, tag := range []elf.DynTag{elf.DT_NEEDED, elf.DT_SONAME, elf.DT_RPATH, elf.DT_RUNPATH} {
		found, err := f.DynString(tag)
		if err != nil {
			return err
		}
		strs[tag] = found
	}
	flags, err := dynBits(f, elf.DT_FLAGS)
	if err != nil {
		return err
	}
	flags1, err := dynBits(f, elf.DT_FLAGS_1)
	if err != nil {
		return err
	}
	now, _ := f.DynValue(elf.DT_BIND_NOW)
	textrel, _ := f.DynValue(elf.DT_TEXTREL)
	if len(strs[elf.DT_SONAME]) > 0 {
		img.Name = strs[elf.DT_SONAME][0]
	}
	img.Needed = strs[elf.DT_NEEDED]
	img.RPath, img.RunPath = directories(strs[elf.DT_RPATH]), directories(strs[elf.DT_RUNPATH])
	img.BindNow = len(now) > 0 || elf.DynFlag(flags)&elf.DF_BIND_NOW != 0 || elf.DynFlag1(flags1)&elf.DF_1_NOW != 0
	img.TextRel = len(textrel) > 0 || elf.DynFlag(flags)&elf.DF_TEXTREL != 0
	img.Type = elfType(f.Type, elf.DynFlag1(flags1)&elf.DF_1_PIE != 0, img)
	return nil
}

// dynBits returns the first value of a tag, 0 if it is not there.
func dynBits(f *elf.File, tag elf.DynTag) (uint64, error) {
	values, err := f.DynValue(tag)
	if err != nil || len(values) == 0 {
		return 0, err
	}
	return values[0], nil
}

// elfType names the type of a file. Old linkers do not set DF_1_PIE; a library that
// can be started (libc.so.6) has a SONAME, an executable has none.
func elfType(t elf.Type, pie bool, img *Image) string {
	switch {
	case t == elf.ET_REL:
		return "object"
	case t == elf.ET_EXEC:
		return "executable"
	case t == elf.ET_CORE:
		return "core"
	case t != elf.ET_DYN:
		return "other"
	case pie || img.Interp != "" && img.Name == "":
		return "pie"
	}
	return "shared"
}

// directories splits search paths at colons. An empty entry is the working directory.
func directories(paths []string) (dirs []string) {
	for _, p := range paths {
		if p != "" {
			dirs = append(dirs, strings.Split(p, ":")...)
		}
	}
	return dirs
}

// elfSymbols reads the dynamic symbols and the versions.
func elfSymbols(f *elf.File, img *Image) error {
	symbols, err := f.DynamicSymbols()
	if err != nil {
		if errors.Is(err, elf.ErrNoSymbols) {
			return nil // nothing with a version either
		}
		return err
	}
	for i := range symbols {
		addELFSymbol(img, &symbols[i])
	}
	if f.SectionByType(elf.SHT_GNU_VERSYM) == nil {
		return nil
	}
	needs, err := f.DynamicVersionNeeds()
	if err != nil {
		return err
	}
	for _, need := range needs {
		for _, dep := range need.Needs {
			img.Versions = append(img.Versions, Version{Library: need.Name, Name: dep.Dep, Weak: dep.Flags&elf.VER_FLG_WEAK != 0})
		}
	}
	own, err := f.DynamicVersions()
	if err != nil {
		return err
	}
	for _, v := range own {
		if v.Flags&elf.VER_FLG_BASE == 0 && v.Name != "" {
			img.Defines = append(img.Defines, v.Name)
		}
	}
	return nil
}

// gnuUnique is STB_GNU_UNIQUE.
const gnuUnique = elf.STB_LOOS

func addELFSymbol(img *Image, s *elf.Symbol) {
	bind := elf.ST_BIND(s.Info)
	if s.Name == "" || bind != elf.STB_GLOBAL && bind != elf.STB_WEAK && bind != gnuUnique {
		return
	}
	symbol := Symbol{Name: s.Name, Version: s.Version, Weak: bind == elf.STB_WEAK}
	if s.Section == elf.SHN_UNDEF {
		symbol.Library = s.Library
		img.Imports = append(img.Imports, symbol)
		return
	}
	switch elf.ST_VISIBILITY(s.Other) {
	case elf.STV_DEFAULT, elf.STV_PROTECTED:
		symbol.Hidden = s.Version != "" && s.VersionIndex.IsHidden()
		img.Exports = append(img.Exports, symbol)
	}
}
