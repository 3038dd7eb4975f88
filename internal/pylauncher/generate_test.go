package pylauncher

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

const testSONAME = "libpython3.14.so.1.0"

func generate(t *testing.T, spec Spec) []byte {
	t.Helper()
	data, err := Generate(spec)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestBytes pins the launchers. Whoever changes one runs it on the machine it is
// for (or with qemu-aarch64 -L <arm64 glibc> and the managed CPython of
// linux/arm64) before writing the new sum here.
func TestBytes(t *testing.T) {
	want := map[string]string{
		"amd64-OO": "2551472b68adb9ea956f8e57f795618243134039eeefbd0ed28b6ea8e808af8b",
		"arm64-OO": "229688952201d95574b0389464849282c5572837fb544115d089883051667815",
		"amd64":    "02f4d13443c64bc0c5925dc48800cbc6448efcbd50769ca3ab4cedfa0302c6df",
		"arm64":    "5790be80e6604aef616a1dfa102818b38ab505869f0fc7f83137a053a90c20ab",
	}
	for arch, sum := range want {
		arch, option, _ := strings.Cut(arch, "-")
		got := sha256.Sum256(generate(t, Spec{OS: "linux", Arch: arch, SONAME: testSONAME, Optimize: len(option)}))
		if hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s: sum %x, want %s", arch, got, sum)
		}
	}
}

// TestStructure reads the launchers of both architectures as a loader would.
func TestStructure(t *testing.T) {
	for arch, m := range map[string]*machine{"amd64": &amd64, "arm64": &arm64} {
		t.Run(arch, func(t *testing.T) {
			data := generate(t, Spec{OS: "linux", Arch: arch, Libc: "gnu", SONAME: testSONAME})
			f, err := elf.NewFile(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if len(data) > 4096 {
				t.Errorf("%d bytes: the layout counts on one page", len(data))
			}
			checkHeader(t, f, m)
			checkSegments(t, f, m, uint64(len(data)))
			checkDynamic(t, f, m)
			checkRelocations(t, f, m)
		})
	}
}

func checkHeader(t *testing.T, f *elf.File, m *machine) {
	t.Helper()
	if f.Type != elf.ET_DYN || f.Machine != m.id || f.OSABI != elf.ELFOSABI_NONE {
		t.Errorf("header: %+v", f.FileHeader)
	}
	text := f.Section(".text")
	if f.Entry != text.Addr || f.Entry%16 != 0 {
		t.Errorf("entry %#x, .text at %#x", f.Entry, text.Addr)
	}
	interp, err := f.Section(".interp").Data()
	if err != nil || string(interp) != m.interp+"\x00" {
		t.Errorf("interpreter %q, %v", interp, err)
	}
}

func checkSegments(t *testing.T, f *elf.File, m *machine, size uint64) {
	t.Helper()
	count := map[elf.ProgType]int{}
	var end uint64
	for _, p := range f.Progs {
		count[p.Type]++
		if p.Flags&elf.PF_W != 0 && p.Flags&elf.PF_X != 0 {
			t.Errorf("%v is writable and executable", p.Type)
		}
		if p.Off+p.Filesz > size {
			t.Errorf("%v ends at %#x, after the file", p.Type, p.Off+p.Filesz)
		}
		switch p.Type {
		case elf.PT_LOAD:
			if p.Off%m.page != p.Vaddr%m.page || p.Align != m.page {
				t.Errorf("segment at %#x, offset %#x, alignment %#x", p.Vaddr, p.Off, p.Align)
			}
			if p.Vaddr&^(m.page-1) < end {
				t.Errorf("segment at %#x shares a page with the one before", p.Vaddr)
			}
			end = p.Vaddr + p.Memsz
		case elf.PT_GNU_RELRO:
			if (p.Vaddr+p.Memsz)%m.page != 0 {
				t.Errorf("RELRO ends at %#x, within a page", p.Vaddr+p.Memsz)
			}
		case elf.PT_GNU_STACK:
			if p.Flags != elf.PF_R|elf.PF_W {
				t.Errorf("stack: %v", p.Flags)
			}
		}
	}
	want := map[elf.ProgType]int{
		elf.PT_PHDR: 1, elf.PT_INTERP: 1, elf.PT_LOAD: 3, elf.PT_DYNAMIC: 1, elf.PT_GNU_RELRO: 1, elf.PT_GNU_STACK: 1,
	}
	for typ, n := range want {
		if count[typ] != n {
			t.Errorf("%d segments of type %v, want %d", count[typ], typ, n)
		}
	}
}

func checkDynamic(t *testing.T, f *elf.File, m *machine) {
	t.Helper()
	needed, err := f.ImportedLibraries()
	if err != nil || !slices.Equal(needed, []string{testSONAME, "libc.so.6"}) {
		t.Errorf("needed: %v, %v", needed, err)
	}
	paths, err := f.DynString(elf.DT_RPATH)
	if err != nil || !slices.Equal(paths, []string{"$ORIGIN/../lib"}) {
		t.Errorf("DT_RPATH: %v, %v", paths, err)
	}
	if runpath, _ := f.DynString(elf.DT_RUNPATH); len(runpath) != 0 {
		t.Errorf("DT_RUNPATH: %v", runpath)
	}
	symbols, err := f.ImportedSymbols()
	if err != nil {
		t.Fatal(err)
	}
	want := []elf.ImportedSymbol{
		{Name: "Py_BytesMain"},
		{Name: "__libc_start_main", Version: m.base, Library: "libc.so.6"},
		{Name: "unsetenv", Version: m.base, Library: "libc.so.6"},
	}
	if !slices.Equal(symbols, want) {
		t.Errorf("symbols: %+v, want %+v", symbols, want)
	}
}

// checkRelocations checks that each word of .got is filled with its symbol.
func checkRelocations(t *testing.T, f *elf.File, m *machine) {
	t.Helper()
	got := f.Section(".got")
	data, err := f.Section(".rela.dyn").Data()
	if err != nil || len(data) != relaSize*len(imports) {
		t.Fatalf("%d bytes of relocations, %v", len(data), err)
	}
	for i := range imports {
		at := f.ByteOrder.Uint64(data[i*relaSize:])
		info := f.ByteOrder.Uint64(data[i*relaSize+8:])
		if at != got.Addr+uint64(i)*wordSize || info != uint64(i+1)<<32|uint64(m.globDat) {
			t.Errorf("relocation %d: %#x %#x", i, at, info)
		}
	}
}

func TestUnsupported(t *testing.T) {
	for want, spec := range map[string]Spec{
		"only linux has one, not darwin":    {OS: "darwin", Arch: "arm64", SONAME: "libpython3.14.dylib"},
		"linux/riscv64 is not supported":    {OS: "linux", Arch: "riscv64", SONAME: testSONAME},
		"only glibc is supported":           {OS: "linux", Arch: "amd64", Libc: "musl", SONAME: testSONAME},
		`"" is not the SONAME`:              {OS: "linux", Arch: "amd64"},
		`"/lib/libpython3.so" is not the`:   {OS: "linux", Arch: "amd64", SONAME: "/lib/libpython3.so"},
		`"a\x00b" is not the SONAME of a l`: {OS: "linux", Arch: "amd64", SONAME: "a\x00b"},
	} {
		data, err := Generate(spec)
		if err == nil || data != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Generate(%+v) = %d bytes, %v; want an error with %q", spec, len(data), err, want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %q", err)
		}
	}
}
