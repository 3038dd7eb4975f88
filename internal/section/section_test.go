package section

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// content is what the tests add.
const content = "PK: what the program carries"

// program is a copy of this test, which is an ELF executable, with the section.
func program(t *testing.T) *os.File {
	t.Helper()
	f := copyOf(t, executable(t))
	if _, err := Add(f, newFile(t, content)); err != nil {
		t.Fatal(err)
	}
	return f
}

// executable is this test.
func executable(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("programs are ELF files on Linux")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

func copyOf(t *testing.T, path string) *os.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return newFile(t, string(data))
}

// newFile is one that can be executed.
func newFile(t *testing.T, content string) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// found is what Find finds in a file.
func found(t *testing.T, r io.ReaderAt) string {
	t.Helper()
	offset, size, err := Find(r)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, size)
	if _, err := r.ReadAt(data, offset); err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestAdd: the section is there, at the beginning of a page; for debug/elf too, which
// finds everything else as it was.
func TestAdd(t *testing.T) {
	f := program(t)
	if got := found(t, f); got != content {
		t.Errorf("%q", got)
	}
	before, err := elf.Open(executable(t))
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	after, err := elf.NewFile(f)
	if err != nil {
		t.Fatal(err)
	}
	s := after.Section(Name)
	if s == nil || s.Type != elf.SHT_PROGBITS || s.Flags != 0 || s.Addr != 0 || s.Offset%page != 0 {
		t.Fatalf("%+v", s)
	}
	if data, err := s.Data(); err != nil || string(data) != content {
		t.Errorf("%q, %v", data, err)
	}
	if len(after.Sections) != len(before.Sections)+1 || len(after.Progs) != len(before.Progs) {
		t.Errorf("%d sections and %d segments, of %d and %d", len(after.Sections), len(after.Progs), len(before.Sections), len(before.Progs))
	}
	for i, s := range before.Sections {
		same := after.Sections[i]
		if s.Name == ".shstrtab" {
			continue
		}
		a, _ := s.Data()
		b, _ := same.Data()
		if s.SectionHeader != same.SectionHeader || !bytes.Equal(a, b) {
			t.Errorf("%+v became %+v", s.SectionHeader, same.SectionHeader)
		}
	}
}

// TestAddIsReproducible: the same parts are the same file.
func TestAddIsReproducible(t *testing.T) {
	a, errA := os.ReadFile(program(t).Name())
	b, errB := os.ReadFile(program(t).Name())
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Error(errA, errB, "they differ")
	}
}

// TestStrip: what `strip` moves is still found.
func TestStrip(t *testing.T) {
	strip, err := exec.LookPath("strip")
	if err != nil {
		t.Skip("no strip: ", err)
	}
	for _, flags := range [][]string{nil, {"--strip-unneeded"}, {"--strip-debug"}, {"--discard-all"}} {
		f := program(t)
		if out, err := exec.Command(strip, append(flags, f.Name())...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		stripped, err := os.Open(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		defer stripped.Close()
		if got := found(t, stripped); got != content {
			t.Errorf("%s: %q", flags, got)
		}
	}
}

// TestAddRefuses what it cannot do, and leaves the file as it was.
func TestAddRefuses(t *testing.T) {
	noTable := copyOf(t, executable(t))
	if _, err := noTable.WriteAt(make([]byte, 6), entrySizeAt); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		f    *os.File
		want string
	}{
		"twice":       {program(t), "already"},
		"no ELF file": {newFile(t, strings.Repeat("#!/bin/sh\n", 100)), ErrNotELF.Error()},
		"empty":       {newFile(t, ""), ErrNotELF.Error()},
		"no table":    {noTable, "no section headers"},
	} {
		before, _ := os.ReadFile(test.f.Name())
		_, err := Add(test.f, newFile(t, content))
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.f.Name()) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(test.f.Name()); !bytes.Equal(before, after) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

// TestFindNothing: files that were cut anywhere, or whose header says anything, have no
// section, or it is where it was.
func TestFindNothing(t *testing.T) {
	whole, err := os.ReadFile(program(t).Name())
	if err != nil {
		t.Fatal(err)
	}
	offset, size, err := Find(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int64{0, 1, 63, 64, 4096, offset - 5000, offset - 1, offset, offset + 1} {
		at, long, err := Find(bytes.NewReader(whole[:n]))
		if err == nil && (at != offset || long != size) || err != nil && !errors.Is(err, ErrNone) && n >= headerSize {
			t.Errorf("cut to %d bytes: %d %d %v", n, at, long, err)
		}
	}
	for at := range headerSize {
		data := bytes.Clone(whole)
		data[at] ^= 0xff
		got, long, err := Find(bytes.NewReader(data))
		if err == nil && (got != offset || long != size) || err != nil && !errors.Is(err, ErrNone) && !errors.Is(err, ErrNotELF) {
			t.Errorf("byte %d of the header: %d %d %v", at, got, long, err)
		}
	}
}

// TestFindNegative: an offset and a size beyond all files are none.
func TestFindNegative(t *testing.T) {
	whole, err := os.ReadFile(program(t).Name())
	if err != nil {
		t.Fatal(err)
	}
	count := int(binary.LittleEndian.Uint16(whole[entrySizeAt+2:]))
	entry := whole[int(binary.LittleEndian.Uint64(whole[tableAt:]))+(count-1)*entrySize:]
	for _, values := range [][2]uint64{{1 << 63, 1}, {1, 1 << 63}, {1<<63 - 1, 1}} {
		binary.LittleEndian.PutUint64(entry[offsetAt:], values[0])
		binary.LittleEndian.PutUint64(entry[offsetAt+8:], values[1])
		if offset, size, err := Find(bytes.NewReader(whole)); !errors.Is(err, ErrNone) {
			t.Errorf("%#x: %d %d %v", values, offset, size, err)
		}
	}
}

func TestEmbedded(t *testing.T) {
	a := Embedded(content)
	defer a.Close()
	if data, err := io.ReadAll(a); err != nil || string(data) != content || a.Size() != int64(len(content)) {
		t.Errorf("%q, %v", data, err)
	}
}
