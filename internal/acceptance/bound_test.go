package acceptance

import (
	"debug/elf"
	"encoding/binary"
	"path/filepath"
	"runtime"
	"testing"
)

// The loader looks up few names for a libpython that the program opens: its own it has
// by address.
func TestLibraryIsBound(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("the types of relocations are those of amd64")
	}
	libraries, err := filepath.Glob(filepath.Join(packaged(t, "hello"), "python", "lib", "libpython3.*"))
	if err != nil || len(libraries) != 1 {
		t.Fatal(libraries, err)
	}
	f, err := elf.Open(libraries[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := f.Section(".rela.dyn").Data()
	if err != nil {
		t.Fatal(err)
	}
	const size, info = 24, 8 // of Elf64_Rela; where r_info is
	relative, named := 0, 0
	for at := 0; at+size <= len(table); at += size {
		if elf.R_X86_64(binary.LittleEndian.Uint32(table[at+info:])) == elf.R_X86_64_RELATIVE {
			relative++
		} else {
			named++
		}
	}
	if named > relative/100 {
		t.Errorf("%d names are looked up, %d addresses known", named, relative)
	}
}
