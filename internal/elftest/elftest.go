// Package elftest writes small ELF files for tests: programs and shared
// libraries that the real loader of this machine loads, made without a compiler.
package elftest

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// Image is what is said about a file. Message makes it a program: it writes
// Message to standard output and ends with status 0; without it, it is a library.
type Image struct {
	SONAME  string
	Needed  []string
	Runpath string
	Message string
}

// A machine has code that writes size bytes behind itself to standard output and
// exits.
type machine struct {
	elf    elf.Machine
	interp string
	code   func(size uint32) []byte
}

var machines = map[string]machine{
	"amd64": {elf.EM_X86_64, "/lib64/ld-linux-x86-64.so.2", func(size uint32) []byte {
		code := []byte{
			0xb8, 1, 0, 0, 0, // mov eax, SYS_write
			0xbf, 1, 0, 0, 0, // mov edi, 1
			0x48, 0x8d, 0x35, 16, 0, 0, 0, // lea rsi, [rip+16]: the end of the code
			0xba, 0, 0, 0, 0, // mov edx, size
			0x0f, 0x05, // syscall
			0xb8, 231, 0, 0, 0, // mov eax, SYS_exit_group
			0x31, 0xff, // xor edi, edi
			0x0f, 0x05, // syscall
		}
		binary.LittleEndian.PutUint32(code[18:], size)
		return code
	}},
	"arm64": {elf.EM_AARCH64, "/lib/ld-linux-aarch64.so.1", func(size uint32) []byte {
		return words(
			0xd2800808,         // mov x8, SYS_write
			0xd2800020,         // mov x0, 1
			0x100000c1,         // adr x1, +24: the end of the code
			0xd2800002|size<<5, // mov x2, size
			0xd4000001,         // svc 0
			0xd2800bc8,         // mov x8, SYS_exit_group
			0xd2800000,         // mov x0, 0
			0xd4000001,         // svc 0
		)
	}},
}

func words(code ...uint32) []byte {
	var b []byte
	for _, w := range code {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

// Write puts the image at path, with the directories it needs; it skips the test
// where files like this cannot be loaded.
func Write(t testing.TB, path string, im Image) {
	t.Helper()
	data := Bytes(t, im)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteExecutable(path, data); err != nil {
		t.Fatal(err)
	}
}

// WriteExecutable writes a file that may be run at once, whatever other goroutines do:
// no process is forked while it is open, which would hold it open for writing until it
// execs, and a file like that cannot be run ("text file busy").
func WriteExecutable(path string, data []byte) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, data, 0o755)
}

// Bytes is the file.
func Bytes(t testing.TB, im Image) []byte {
	t.Helper()
	m, ok := machines[runtime.GOARCH]
	if _, err := os.Stat(m.interp); !ok || runtime.GOOS != "linux" || err != nil {
		t.Skipf("no glibc loader for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	return im.layout(m)
}

// The file has three pages, each mapped where it lies: headers and what the loader
// reads, code, and .dynamic, which the loader may write to.
const page = 0x1000

// segments a file has at most.
const segments = 7

// A piece is a section and its content; those without a name are not sections.
type piece struct {
	name   string
	header elf.Section64
	data   []byte
}

func (im Image) layout(m machine) []byte {
	strs := &table{data: []byte{0}}
	var dynamic []elf.Dyn64
	add := func(tag elf.DynTag, value uint64) {
		dynamic = append(dynamic, elf.Dyn64{Tag: int64(tag), Val: value})
	}
	for _, name := range im.Needed {
		add(elf.DT_NEEDED, strs.add(name))
	}
	if im.SONAME != "" {
		add(elf.DT_SONAME, strs.add(im.SONAME))
	}
	if im.Runpath != "" {
		add(elf.DT_RUNPATH, strs.add(im.Runpath))
	}
	const hashSize, symSize = 16, 24
	hash := uint64(64 + segments*56)
	syms := hash + hashSize
	text := syms + symSize
	add(elf.DT_HASH, hash)
	add(elf.DT_SYMTAB, syms)
	add(elf.DT_SYMENT, symSize)
	add(elf.DT_STRTAB, text)
	add(elf.DT_STRSZ, uint64(len(strs.data)))
	if im.Message != "" {
		add(elf.DT_FLAGS_1, uint64(elf.DF_1_PIE))
		add(elf.DT_DEBUG, 0)
	}
	add(elf.DT_NULL, 0)
	code := append(m.code(uint32(len(im.Message))), im.Message...)
	alloc := uint64(elf.SHF_ALLOC)
	pieces := []piece{
		{".hash", elf.Section64{Type: uint32(elf.SHT_HASH), Off: hash, Flags: alloc, Link: 2, Entsize: 4, Addralign: 8}, words(1, 1, 0, 0)},
		{".dynsym", elf.Section64{Type: uint32(elf.SHT_DYNSYM), Off: syms, Flags: alloc, Link: 3, Info: 1, Entsize: symSize, Addralign: 8}, make([]byte, symSize)},
		{".dynstr", elf.Section64{Type: uint32(elf.SHT_STRTAB), Off: text, Flags: alloc, Addralign: 1}, strs.data},
		{".interp", elf.Section64{Type: uint32(elf.SHT_PROGBITS), Off: text + uint64(len(strs.data)), Flags: alloc, Addralign: 1}, append([]byte(m.interp), 0)},
		{".text", elf.Section64{Type: uint32(elf.SHT_PROGBITS), Off: page, Flags: alloc | uint64(elf.SHF_EXECINSTR), Addralign: 16}, code},
		{".dynamic", elf.Section64{Type: uint32(elf.SHT_DYNAMIC), Off: 2 * page, Flags: alloc | uint64(elf.SHF_WRITE), Link: 3, Entsize: 16, Addralign: 8}, pack(dynamic)},
	}
	return im.assemble(m, pieces)
}

// assemble writes the headers and the pieces at their offsets.
func (im Image) assemble(m machine, pieces []piece) []byte {
	names := &table{data: []byte{0}}
	var out []byte
	sections := []elf.Section64{{}}
	for _, p := range pieces {
		p.header.Name, p.header.Size, p.header.Addr = uint32(names.add(p.name)), uint64(len(p.data)), p.header.Off
		out = put(out, p.header.Off, p.data)
		sections = append(sections, p.header)
	}
	own := uint32(names.add(".shstrtab"))
	sections = append(sections, elf.Section64{Name: own, Type: uint32(elf.SHT_STRTAB), Off: uint64(len(out)), Size: uint64(len(names.data)), Addralign: 1})
	out = append(out, names.data...)
	table := (uint64(len(out)) + 7) &^ 7
	out = put(out, table, pack(sections))

	loads := im.segments(pieces)
	header := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(m.elf), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Shoff: table, Ehsize: 64, Phentsize: 56, Phnum: uint16(len(loads)),
		Shentsize: 64, Shnum: uint16(len(sections)), Shstrndx: uint16(len(sections) - 1),
	}
	if im.Message != "" {
		header.Entry = page
	}
	out = put(out, 0, pack(header))
	return put(out, 64, pack(loads))
}

func (im Image) segments(pieces []piece) []elf.Prog64 {
	segment := func(kind elf.ProgType, flags elf.ProgFlag, from, to, align uint64) elf.Prog64 {
		return elf.Prog64{Type: uint32(kind), Flags: uint32(flags), Off: from, Vaddr: from, Paddr: from, Filesz: to - from, Memsz: to - from, Align: align}
	}
	place := func(i int) (from, to uint64) {
		return pieces[i].header.Off, pieces[i].header.Off + uint64(len(pieces[i].data))
	}
	interp, head := place(3)
	_, code := place(4)
	dynamic, end := place(5)
	var s []elf.Prog64
	if im.Message != "" {
		// Where a program lies, the loader knows from PT_PHDR.
		s = append(s, segment(elf.PT_PHDR, elf.PF_R, 64, 64+segments*56, 8), segment(elf.PT_INTERP, elf.PF_R, interp, head, 1))
	}
	return append(s,
		segment(elf.PT_LOAD, elf.PF_R, 0, head, page),
		segment(elf.PT_LOAD, elf.PF_R|elf.PF_X, page, code, page),
		segment(elf.PT_LOAD, elf.PF_R|elf.PF_W, dynamic, end, page),
		segment(elf.PT_DYNAMIC, elf.PF_R|elf.PF_W, dynamic, end, 8),
		segment(elf.PT_GNU_STACK, elf.PF_R|elf.PF_W, 0, 0, 16))
}

// table is a string table being filled.
type table struct{ data []byte }

func (t *table) add(s string) uint64 {
	at := len(t.data)
	t.data = append(append(t.data, s...), 0)
	return uint64(at)
}

func pack(value any) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, value)
	return b.Bytes()
}

// put lays data at an offset of out, which grows to hold it.
func put(out []byte, off uint64, data []byte) []byte {
	if end := int(off) + len(data); end > len(out) {
		out = append(out, make([]byte, end-len(out))...)
	}
	copy(out[off:], data)
	return out
}

// Trace asks the loader what it would load for a program, without running it: for
// each name the file it found, "" if it found none.
func Trace(t testing.TB, program string, env ...string) map[string]string {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env = append([]string{"LD_TRACE_LOADED_OBJECTS=1"}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", program, err, out)
	}
	found := map[string]string{}
	for _, line := range strings.Split(string(out), "\n") {
		name, to, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok {
			continue
		}
		file, _, _ := strings.Cut(to, " (0x")
		if file == "not found" {
			file = ""
		}
		found[name] = file
	}
	return found
}
