package store

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// ReadNative says what a native file says of itself, nil for a file that is none:
// neither a program or library of ELF, nor one of 64-bit Mach-O. Object files and
// static programs are none either, nor is what only looks like one.
func ReadNative(file string) (*Native, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var magic [4]byte
	if _, err := io.ReadFull(f, magic[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, nil
		}
		return nil, err
	}
	switch {
	case string(magic[:]) == elf.ELFMAG:
		return readELF(f)
	case bytes.Equal(magic[:], []byte{0xcf, 0xfa, 0xed, 0xfe}), bytes.Equal(magic[:], []byte{0xca, 0xfe, 0xba, 0xbe}):
		return readMachO(f)
	}
	return nil, nil
}

func readELF(r io.ReaderAt) (*Native, error) {
	f, err := elf.NewFile(r)
	if err != nil || f.Type != elf.ET_DYN && f.Type != elf.ET_EXEC {
		return nil, nil //nolint:nilerr // damaged: kept as the bytes it is
	}
	n := &Native{Format: "elf", Machine: strings.ToLower(strings.TrimPrefix(f.Machine.String(), "EM_"))}
	dynamic := false
	for _, p := range f.Progs {
		switch p.Type {
		case elf.PT_DYNAMIC:
			dynamic = true
		case elf.PT_INTERP:
			name := make([]byte, min(p.Filesz, 4096))
			if _, err := p.ReadAt(name, 0); err != nil {
				return nil, nil
			}
			n.Interpreter = strings.TrimRight(string(name), "\x00")
		}
	}
	if !dynamic {
		return nil, nil
	}
	return n, n.readDynamic(f)
}

// readDynamic reads the strings of the dynamic section. The loader heeds DT_RPATH only
// where there is no DT_RUNPATH.
func (n *Native) readDynamic(f *elf.File) error {
	list := func(tag elf.DynTag) []string {
		names, err := f.DynString(tag)
		if err != nil {
			return nil
		}
		return names
	}
	n.Needed = list(elf.DT_NEEDED)
	if names := list(elf.DT_SONAME); len(names) > 0 {
		n.SONAME = names[0]
	}
	search := list(elf.DT_RUNPATH)
	if len(search) == 0 {
		search = list(elf.DT_RPATH)
	}
	for _, dirs := range search {
		n.Runpath = append(n.Runpath, slices.DeleteFunc(strings.Split(dirs, ":"), func(d string) bool { return d == "" })...)
	}
	return nil
}

// readMachO reads each image of a file, thin or universal. A Java class begins like
// the latter.
func readMachO(f *os.File) (*Native, error) {
	var images []*macho.File
	if fat, err := macho.NewFatFile(f); err == nil {
		for _, arch := range fat.Arches {
			images = append(images, arch.File)
		}
	} else if thin, err := macho.NewFile(f); err == nil {
		images = append(images, thin)
	}
	n := &Native{Format: "mach-o"}
	var machines []string
	for _, image := range images {
		name, ok := machoCPU[image.Cpu]
		if !ok || image.Type != macho.TypeDylib && image.Type != macho.TypeBundle && image.Type != macho.TypeExec {
			return nil, nil
		}
		machines = append(machines, name)
		n.addImage(image)
	}
	if len(machines) == 0 {
		return nil, nil
	}
	slices.Sort(machines)
	n.Machine = strings.Join(slices.Compact(machines), "+")
	return n, nil
}

var machoCPU = map[macho.Cpu]string{macho.CpuAmd64: "x86_64", macho.CpuArm64: "arm64"}

// addImage adds what the load commands of an image say.
func (n *Native) addImage(image *macho.File) {
	const idDylib, loadDylinker = 0xd, 0xe
	for _, load := range image.Loads {
		switch load := load.(type) {
		case *macho.Dylib:
			n.Needed = addOnce(n.Needed, load.Name)
		case *macho.Rpath:
			n.Runpath = addOnce(n.Runpath, load.Path)
		case macho.LoadBytes:
			if len(load) < 12 {
				continue
			}
			switch image.ByteOrder.Uint32(load) {
			case idDylib:
				n.SONAME = path.Base(loadString(image, load))
			case loadDylinker:
				n.Interpreter = loadString(image, load)
			case loadWeakDylib, reexportDylib, lazyLoadDylib, loadUpwardDylib:
				n.Needed = addOnce(n.Needed, loadString(image, load))
			}
		}
	}
}

// Load commands that debug/macho leaves alone.
const (
	loadWeakDylib   = 0x80000018
	reexportDylib   = 0x8000001f
	lazyLoadDylib   = 0x20
	loadUpwardDylib = 0x80000023
)

// loadString is the string of a load command, whose offset is its third word.
func loadString(image *macho.File, load macho.LoadBytes) string {
	offset := image.ByteOrder.Uint32(load[8:])
	if int64(offset) >= int64(len(load)) {
		return ""
	}
	s, _, _ := bytes.Cut(load[offset:], []byte{0})
	return string(s)
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// goos is the operating system of a native file.
func (n *Native) goos() string {
	if n.Format == "mach-o" {
		return "darwin"
	}
	return "linux"
}

// platform is what Entry.Platform says of one native file.
func (n *Native) platform() string {
	if strings.Contains(n.Machine, "+") {
		return "darwin/universal"
	}
	arch := n.Machine
	if name, ok := map[string]string{"x86_64": "amd64", "aarch64": "arm64"}[arch]; ok {
		arch = name
	}
	p := fmt.Sprintf("%s/%s", n.goos(), arch)
	isMusl := func(name string) bool { return strings.HasPrefix(name, "libc.musl-") }
	if strings.Contains(n.Interpreter, "/ld-musl-") || slices.ContainsFunc(n.Needed, isMusl) {
		p += "/musl"
	}
	return p
}
