package facts

import (
	"debug/macho"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Load commands that debug/macho leaves as bytes (XNU's loader.h).
const (
	lcLoadDylib      = 0xc
	lcIDDylib        = 0xd
	lcLoadDylinker   = 0xe
	lcCodeSignature  = 0x1d
	lcLazyLoadDylib  = 0x20
	lcBuildVersion   = 0x32
	lcLoadWeakDylib  = 0x80000018
	lcReexportDylib  = 0x8000001f
	lcLoadUpward     = 0x80000023
	maxImages        = 32 // of a fat file
	vmWriteExecute   = 0x2 | 0x4
	cpuARM64         = 0x0100000c
	cpuARM6432       = 0x0200000c
	stackIsExecuable = 0x20000
)

var (
	loads      = []uint32{lcLoadDylib, lcLoadWeakDylib, lcReexportDylib, lcLazyLoadDylib, lcLoadUpward}
	versionMin = map[uint32]string{0x24: "macos", 0x25: "ios", 0x2f: "tvos", 0x30: "watchos"}
	platforms  = map[uint32]string{1: "macos", 2: "ios", 3: "tvos", 4: "watchos", 6: "maccatalyst", 7: "iossimulator"}
	processors = map[macho.Cpu]string{
		macho.Cpu386: "i386", macho.CpuArm: "arm", macho.CpuPpc: "ppc", macho.CpuAmd64: "x86_64",
		cpuARM64: "arm64", macho.CpuPpc64: "ppc64", cpuARM6432: "arm64_32",
	}
)

// A slice is where an image is in a file.
type slice struct{ offset, size int64 }

// machoSlices returns the images of a Mach-O file: one, or those of a fat one.
func machoSlices(r io.ReaderAt, size int64) ([]slice, error) {
	var head [8]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	magic, count := binary.BigEndian.Uint32(head[:]), binary.BigEndian.Uint32(head[4:])
	wide := magic == 0xcafebabf
	if magic != macho.MagicFat && !wide {
		return []slice{{0, size}}, nil
	}
	if count == 0 || count > maxImages {
		return nil, fmt.Errorf("a fat file of %d images", count)
	}
	var found []slice
	for i := range int64(count) {
		s, err := fatArch(r, i, wide)
		if err != nil {
			return nil, err
		}
		if s.offset < 0 || s.size < 0 || s.offset > size || s.size > size-s.offset {
			return nil, fmt.Errorf("image %d is outside of the file", i)
		}
		found = append(found, s)
	}
	return found, nil
}

// fatArch reads an entry of the table of a fat file; wide ones have 64-bit offsets.
func fatArch(r io.ReaderAt, i int64, wide bool) (s slice, err error) {
	const head, narrow, large = 8, 20, 32
	if wide {
		var entry [large]byte
		_, err = r.ReadAt(entry[:], head+i*large)
		return slice{int64(binary.BigEndian.Uint64(entry[8:])), int64(binary.BigEndian.Uint64(entry[16:]))}, err
	}
	var entry [narrow]byte
	_, err = r.ReadAt(entry[:], head+i*narrow)
	return slice{int64(binary.BigEndian.Uint32(entry[8:])), int64(binary.BigEndian.Uint32(entry[12:]))}, err
}

// goMachO reads Mach-O with debug/macho, and the code signature of each image.
//
// Not with its FatFile: that wants all images to be of one type, and knows no 64-bit
// offsets.
func goMachO(r io.ReaderAt, size int64) (images []Image, signatures []Signature, err error) {
	slices, err := machoSlices(r, size)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range slices {
		section := io.NewSectionReader(r, s.offset, s.size)
		f, err := macho.NewFile(section)
		if err != nil {
			return nil, nil, err
		}
		if err := restoreNames(f, section); err != nil {
			return nil, nil, err
		}
		img, err := machoImage(f)
		if err != nil {
			return nil, nil, err
		}
		images, signatures = append(images, img), append(signatures, checkSignature(f, section))
	}
	return images, signatures, nil
}

// restoreNames gives symbols back the underscore that debug/macho takes off names with
// a dot, thinking they are Go's: the C++ run time has such names as well.
func restoreNames(f *macho.File, r io.ReaderAt) error {
	if f.Symtab == nil {
		return nil
	}
	raw := f.Symtab.Raw() // the fields of SymtabCmd are not filled
	if len(raw) < 24 {
		return errShortLoad
	}
	symbols, names := int64(f.ByteOrder.Uint32(raw[8:])), int64(f.ByteOrder.Uint32(raw[16:]))
	entry := int64(12) // bytes of an nlist; the offset of its name comes first
	if f.Magic == macho.Magic64 {
		entry = 16
	}
	for i := range f.Symtab.Syms {
		s := &f.Symtab.Syms[i]
		if !strings.Contains(s.Name, ".") {
			continue
		}
		var word [4]byte
		if _, err := r.ReadAt(word[:], symbols+int64(i)*entry); err != nil {
			return err
		}
		name := make([]byte, len(s.Name)+1)
		at := names + int64(f.ByteOrder.Uint32(word[:]))
		if _, err := r.ReadAt(name, at); err == nil && string(name) == "_"+s.Name {
			s.Name = string(name)
		}
	}
	return nil
}

func machoImage(f *macho.File) (Image, error) {
	img := Image{Format: formatMachO, Bits: 32, Endian: "little", Arch: machoArch(f), Type: machoType(f), Stack: "rw"}
	if f.Magic == macho.Magic64 {
		img.Bits = 64
	}
	if f.ByteOrder == binary.BigEndian {
		img.Endian = "big"
	}
	if f.Flags&stackIsExecuable != 0 {
		img.Stack = "rwx"
	}
	for _, load := range f.Loads {
		if err := machoLoad(f, load, &img); err != nil {
			return img, err
		}
	}
	return img, machoSymbols(f, &img)
}

// machoCut says which segment is not in the images of a file, "" if all are.
func machoCut(r io.ReaderAt, size int64) string {
	slices, err := machoSlices(r, size)
	if err != nil {
		return ""
	}
	for _, part := range slices {
		f, err := macho.NewFile(io.NewSectionReader(r, part.offset, part.size))
		if err != nil {
			return ""
		}
		for _, load := range f.Loads {
			if s, ok := load.(*macho.Segment); ok && outside(s.Offset, s.Filesz, part.size) {
				return fmt.Sprintf("it is cut short: segment %s ends at byte %d of %d", s.Name, s.Offset+s.Filesz, part.size)
			}
		}
	}
	return ""
}

func machoArch(f *macho.File) string {
	const arm64e = 2
	if f.Cpu == cpuARM64 && f.SubCpu&0xffffff == arm64e {
		return "arm64e"
	}
	if name, ok := processors[f.Cpu]; ok {
		return name
	}
	return fmt.Sprintf("cpu-%#x", uint32(f.Cpu))
}

func machoType(f *macho.File) string {
	switch {
	case f.Type == macho.TypeExec && f.Flags&macho.FlagPIE != 0:
		return "pie"
	case f.Type == macho.TypeExec:
		return "executable"
	case f.Type == macho.TypeDylib:
		return "shared"
	case f.Type == macho.TypeBundle:
		return "bundle"
	case f.Type == macho.TypeObj:
		return "object"
	case f.Type == 4:
		return "core"
	}
	return "other"
}

// machoLoad reads one load command.
func machoLoad(f *macho.File, load macho.Load, img *Image) error {
	if s, ok := load.(*macho.Segment); ok {
		if s.Prot&vmWriteExecute == vmWriteExecute {
			img.WritableCode = append(img.WritableCode, s.Name)
		}
		return nil
	}
	raw := load.Raw()
	cmd := f.ByteOrder.Uint32(raw)
	switch {
	case slices.Contains(loads, cmd):
		name, err := loadString(f, raw)
		img.Needed = append(img.Needed, name)
		if cmd == lcLoadWeakDylib {
			img.Weak = append(img.Weak, name)
		}
		return err
	case cmd == lcCodeSignature:
		img.Signed = true
	case cmd == lcBuildVersion || versionMin[cmd] != "":
		return machoPlatform(f, raw, img)
	}
	return machoName(f, load, raw, img)
}

// machoName reads the commands that are a name.
func machoName(f *macho.File, load macho.Load, raw []byte, img *Image) (err error) {
	if path, ok := load.(*macho.Rpath); ok {
		img.RPath = append(img.RPath, path.Path)
		return nil
	}
	switch f.ByteOrder.Uint32(raw) {
	case lcIDDylib:
		if img.Name == "" {
			img.Name, err = loadString(f, raw)
		}
	case lcLoadDylinker:
		if img.Interp == "" {
			img.Interp, err = loadString(f, raw)
		}
	}
	return err
}

var errShortLoad = errors.New("a load command is too short")

// loadString returns the string of a command; its offset follows the command's size.
func loadString(f *macho.File, raw []byte) (string, error) {
	if len(raw) < 12 {
		return "", errShortLoad
	}
	at := f.ByteOrder.Uint32(raw[8:])
	if uint64(at) >= uint64(len(raw)) {
		return "", errors.New("the name of a load command is outside of it")
	}
	name, _, _ := strings.Cut(string(raw[at:]), "\x00")
	return name, nil
}

func machoPlatform(f *macho.File, raw []byte, img *Image) error {
	if len(raw) < 16 {
		return errShortLoad
	}
	if img.Platform != "" {
		return nil // the first one counts
	}
	cmd, first, second := f.ByteOrder.Uint32(raw), f.ByteOrder.Uint32(raw[8:]), f.ByteOrder.Uint32(raw[12:])
	if cmd != lcBuildVersion {
		img.Platform, img.MinOS = versionMin[cmd], machoVersion(first)
		return nil
	}
	img.Platform, img.MinOS = platforms[first], machoVersion(second)
	if img.Platform == "" {
		img.Platform = fmt.Sprintf("platform-%d", first)
	}
	return nil
}

// machoVersion writes the X.Y.Z of nibbles xxxx.yy.zz, without a Z of 0.
func machoVersion(v uint32) string {
	text := fmt.Sprintf("%d.%d", v>>16, v>>8&0xff)
	if patch := v & 0xff; patch != 0 {
		text += fmt.Sprintf(".%d", patch)
	}
	return text
}

// Bits of nlist entries (nlist.h).
const (
	nSTAB, nPEXT, nTYPE, nEXT = 0xe0, 0x10, 0x0e, 0x01
	nWeakRef, nWeakDef        = 0x40, 0x80
)

func machoSymbols(f *macho.File, img *Image) error {
	if f.Symtab == nil {
		return nil
	}
	for i := range f.Symtab.Syms {
		s := &f.Symtab.Syms[i]
		if s.Type&nSTAB != 0 || s.Type&nEXT == 0 || s.Name == "" {
			continue
		}
		switch {
		case s.Type&nTYPE == 0 && s.Value == 0:
			symbol := Symbol{Name: s.Name, Weak: s.Desc&nWeakRef != 0}
			if at := int(s.Desc >> 8); f.Flags&macho.FlagTwoLevel != 0 && at > 0 && at <= len(img.Needed) {
				symbol.Library = img.Needed[at-1]
			}
			img.Imports = append(img.Imports, symbol)
		case s.Type&nTYPE != 0 && s.Type&nPEXT == 0:
			img.Exports = append(img.Exports, Symbol{Name: s.Name, Weak: s.Desc&nWeakDef != 0})
		}
	}
	return nil
}
