package links

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// machO is a library that needs one other.
func machO(needs string) []byte {
	name := append([]byte(needs), 0)
	for len(name)%8 != 0 {
		name = append(name, 0)
	}
	var b bytes.Buffer
	size := uint32(24 + len(name))
	for _, v := range []any{
		macho.FileHeader{Magic: macho.Magic64, Cpu: macho.CpuArm64, Type: macho.TypeDylib, Ncmd: 1, Cmdsz: size}, uint32(0),
		macho.DylibCmd{Cmd: macho.LoadCmdDylib, Len: size, Name: 24}, name,
	} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	return b.Bytes()
}

// dyld resolves links before it looks for neighbours.
func TestMachO(t *testing.T) {
	for needs, want := range map[string]bool{
		"@rpath/liba.dylib": false, "@loader_path/liba.dylib": false, "/usr/lib/libSystem.B.dylib": true,
	} {
		path := filepath.Join(t.TempDir(), "lib.dylib")
		if err := os.WriteFile(path, machO(needs), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := MaySymlink(path); got != want {
			t.Errorf("%s: %v, want %v", needs, got, want)
		}
	}
}
