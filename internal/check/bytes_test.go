package check

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"testing"
)

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// swap replaces a string that ends with a zero by another, which may not be longer.
func swap(t testing.TB, data []byte, old, new string) []byte {
	t.Helper()
	if len(new) > len(old) {
		t.Fatalf("%q is longer than %q", new, old)
	}
	if !bytes.Contains(data, []byte(old+"\x00")) {
		t.Fatalf("there is no %q", old)
	}
	padded := append([]byte(new), make([]byte, len(old)-len(new))...)
	return bytes.ReplaceAll(data, []byte(old+"\x00"), append(padded, 0))
}

// The edits below are of 64-bit little-endian ELF files, at the offsets of elf(5).

// header16 sets a half-word of the ELF header: 16 is e_type, 18 e_machine.
func header16(data []byte, offset int, value uint16) []byte {
	data = bytes.Clone(data)
	binary.LittleEndian.PutUint16(data[offset:], value)
	return data
}

// segment changes the first program header of a type; edit gets its type and flags.
func segment(t testing.TB, data []byte, kind elf.ProgType, flags elf.ProgFlag, edit func(kind, flags *uint32)) []byte {
	t.Helper()
	data = bytes.Clone(data)
	at := binary.LittleEndian.Uint64(data[0x20:])
	for range binary.LittleEndian.Uint16(data[0x38:]) {
		k, f := binary.LittleEndian.Uint32(data[at:]), binary.LittleEndian.Uint32(data[at+4:])
		if elf.ProgType(k) == kind && elf.ProgFlag(f)&flags == flags {
			edit(&k, &f)
			binary.LittleEndian.PutUint32(data[at:], k)
			binary.LittleEndian.PutUint32(data[at+4:], f)
			return data
		}
		at += 56
	}
	t.Fatalf("no %v", kind)
	return nil
}

// retag changes the tag of an entry of the dynamic section.
func retag(t testing.TB, data []byte, from, to elf.DynTag) []byte {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Clone(data)
	for _, p := range f.Progs {
		for at := p.Off; p.Type == elf.PT_DYNAMIC && at < p.Off+p.Filesz; at += 16 {
			if elf.DynTag(binary.LittleEndian.Uint64(data[at:])) == from {
				binary.LittleEndian.PutUint64(data[at:], uint64(to))
				return data
			}
		}
	}
	t.Fatalf("no %v", from)
	return nil
}
