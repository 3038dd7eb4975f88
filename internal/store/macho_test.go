package store

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// machoImage is a small Mach-O file: load commands, a page of code, a __LINKEDIT. No
// linker here makes them, and none of this is run.
type machoImage struct {
	cpu    macho.Cpu
	kind   macho.Type
	id     string // of a library
	loads  []string
	weak   string // a library that may be missing
	rpaths []string
}

const (
	machoPage = 0x4000
	machoRoom = 0x800 // before the code, for load commands
)

func (im machoImage) bytes() []byte {
	linkedit := []byte("symbols symbols ")
	commands := [][]byte{
		machoSegment("__TEXT", 0, machoPage, true), machoSegment("__LINKEDIT", machoPage, len(linkedit), false),
	}
	dylib := []uint32{24, 2, 0, 0} // offset of the name, time, versions
	if im.id != "" {
		commands = append(commands, machoString(0xd, dylib, im.id))
	}
	for _, name := range im.loads {
		commands = append(commands, machoString(0xc, dylib, name))
	}
	if im.weak != "" {
		commands = append(commands, machoString(loadWeakDylib, dylib, im.weak))
	}
	for _, path := range im.rpaths {
		commands = append(commands, machoString(uint32(macho.LoadCmdRpath), []uint32{12}, path))
	}
	if im.kind == macho.TypeExec {
		commands = append(commands, machoString(0xe, []uint32{12}, "/usr/lib/dyld"))
	}
	body := bytes.Join(commands, nil)
	head := []uint32{macho.Magic64, uint32(im.cpu), 0, uint32(im.kind), uint32(len(commands)), uint32(len(body)), 0x85, 0}
	file := append(words(binary.LittleEndian, head...), body...)
	file = append(file, make([]byte, machoRoom-len(file))...)
	file = append(file, bytes.Repeat([]byte{0xcc}, machoPage-len(file))...)
	return append(file, linkedit...)
}

func words(order binary.AppendByteOrder, list ...uint32) (b []byte) {
	for _, w := range list {
		b = order.AppendUint32(b, w)
	}
	return b
}

// machoString is a load command with a string at its end.
func machoString(command uint32, fields []uint32, s string) []byte {
	size := 8 + 4*len(fields) + len(s) + 1
	size = (size + 7) &^ 7
	b := append(words(binary.LittleEndian, append([]uint32{command, uint32(size)}, fields...)...), s...)
	return append(b, make([]byte, size-len(b))...)
}

func machoSegment(name string, offset, size int, section bool) []byte {
	le := binary.LittleEndian
	count, length := uint32(0), uint32(72)
	if section {
		count, length = 1, 72+80
	}
	b := append(words(le, uint32(macho.LoadCmdSegment64), length), (name + string(make([]byte, 16)))[:16]...)
	for _, n := range []int{offset, machoPage, offset, size} {
		b = le.AppendUint64(b, uint64(n))
	}
	b = append(b, words(le, 5, 5, count, 0)...)
	if section {
		b = append(b, ("__text" + string(make([]byte, 16)))[:16]...)
		b = append(b, (name + string(make([]byte, 16)))[:16]...)
		b = le.AppendUint64(le.AppendUint64(b, machoRoom), machoPage-machoRoom)
		b = append(b, words(le, machoRoom, 0, 0, 0, 0, 0, 0, 0)...)
	}
	return b
}

// fat puts images together, each on a page of its own.
func fat(images ...machoImage) []byte {
	head, body := words(binary.BigEndian, macho.MagicFat, uint32(len(images))), []byte{}
	for _, im := range images {
		body = append(body, make([]byte, -len(body)&(machoPage-1))...)
		data := im.bytes()
		head = append(head, words(binary.BigEndian, uint32(im.cpu), 0, uint32(machoPage+len(body)), uint32(len(data)), 14)...)
		body = append(body, data...)
	}
	return append(append(head, make([]byte, machoPage-len(head))...), body...)
}

func machoDraft(t *testing.T, kind, path, name string, data []byte) Draft {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, data, 0o755))
	return Draft{
		Entry:   Entry{Name: name, Version: "1", Kind: kind, Origin: Origin{Kind: "file"}},
		Sources: map[string]string{path: file},
	}
}

// Files of macOS come into a store on any host: their libraries are looked for beside
// them by @rpath, and they find each other among the entries.
func TestMachO(t *testing.T) {
	s := open(t)
	system := "/usr/lib/libSystem.B.dylib"
	images := []machoImage{
		{macho.CpuAmd64, macho.TypeDylib, "/opt/lib/libfoo.1.dylib", []string{system}, "", []string{"/opt/lib"}},
		{macho.CpuArm64, macho.TypeDylib, "/opt/lib/libfoo.1.dylib", []string{system}, "", nil},
	}
	library := add(t, s, machoDraft(t, KindLibrary, "lib/libfoo.1.dylib", "libfoo", fat(images...)))
	n := library.Files[0].Native
	if n.Machine != "arm64+x86_64" || n.SONAME != "libfoo.1.dylib" || library.Platform != "darwin/universal" || !slices.Equal(n.Needed, []string{system}) {
		t.Errorf("library %+v on %s", n, library.Platform)
	}
	want := []string{"@loader_path", "@loader_path/libfoo.1.dylib_deps", "@loader_path/common_libs"}
	if !slices.Equal(n.Runpath, want) {
		t.Errorf("search path %q, want %q", n.Runpath, want)
	}
	im := machoImage{macho.CpuArm64, macho.TypeExec, "", []string{"/opt/lib/libfoo.1.dylib", system}, "@loader_path/../lib/libbar.dylib", nil}
	e := add(t, s, machoDraft(t, KindProgram, "bin/app", "app", im.bytes()))
	f := e.File("bin/app-1")
	if !slices.Equal(f.Native.Needed, []string{"@rpath/libfoo.1.dylib", system, "@rpath/libbar.dylib"}) || f.Native.Interpreter != "/usr/lib/dyld" {
		t.Errorf("program %+v", f.Native)
	}
	if e.Resolved["libfoo.1.dylib"] != library.ID() || len(e.Resolved) != 1 {
		t.Errorf("resolved %v", e.Resolved)
	}
	if missing, err := e.Unresolved(); err != nil || !slices.Equal(missing, []string{"libbar.dylib"}) {
		t.Errorf("unresolved %v, %v", missing, err)
	}
}

func TestReadMachO(t *testing.T) {
	read := func(data []byte) *Native {
		file := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(file, data, 0o644))
		n, err := ReadNative(file)
		must(t, err)
		return n
	}
	im := machoImage{cpu: macho.CpuArm64, kind: macho.TypeBundle, loads: []string{"/usr/lib/libSystem.B.dylib"}}
	whole := im.bytes()
	if n := read(whole); n == nil || n.platform() != "darwin/arm64" {
		t.Errorf("read %+v", n)
	}
	for cut := 4; cut < machoRoom; cut += 16 {
		read(whole[:cut]) // whatever it is, it must not end the process
	}
	im.kind = macho.TypeObj
	if n := read(im.bytes()); n != nil {
		t.Errorf("an object file is %+v", n)
	}
	p, err := policy.Load()
	must(t, err)
	n := &Native{Format: "mach-o"}
	for name, want := range map[string]string{
		"/usr/lib/libz.dylib": "/usr/lib/libz.dylib", "/opt/libz.dylib": "@rpath/libz.dylib", "@loader_path/x.so": "@rpath/x.so",
	} {
		if got := n.plainName(name, p); got != want {
			t.Errorf("%s is needed as %s, want %s", name, got, want)
		}
	}
}
