package damaged

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// swollen is an ELF file of a few megabytes that makes debug/elf copy one name of a
// megabyte for each of its sections: gigabytes in all.
func swollen(sections int) []byte {
	const name = 1 << 20
	var out bytes.Buffer
	header := elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1}, Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1,
		Shoff: 64 + name, Ehsize: 64, Phentsize: 56, Shentsize: 64, Shnum: uint16(sections), Shstrndx: 1,
	}
	_ = binary.Write(&out, binary.LittleEndian, &header)
	out.Write(append(bytes.Repeat([]byte("n"), name-1), 0))
	for i := range sections {
		section := elf.Section64{Type: uint32(elf.SHT_NOBITS)}
		switch i {
		case 0:
			section.Type = uint32(elf.SHT_NULL)
		case 1:
			section = elf.Section64{Type: uint32(elf.SHT_STRTAB), Off: 64, Size: name}
		}
		_ = binary.Write(&out, binary.LittleEndian, &section)
	}
	return out.Bytes()
}

// TestSwollen: the reader that swells is killed, and that is told; the program that
// checks does not swell.
func TestSwollen(t *testing.T) {
	path := checktest.Write(t, "swollen.so", swollen(700))
	r, err := checkWithin(t, path, open(t), 4*time.Second) // the others take for ever
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, f := range r.findings {
		told = told || strings.Contains(f.Text, "debug/elf") && (strings.Contains(f.Text, "needs more than") || strings.Contains(f.Text, "killed"))
	}
	if !told {
		t.Errorf("%+v", r.findings)
	}
	peaks(t)
}

// wheel makes an archive of entries that are there in any case and more.
func wheel(t *testing.T, more func(w *zip.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range map[string]string{
		"pkg-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\nLicense: MIT\n",
		"pkg-1.0.dist-info/WHEEL":    "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		"pkg-1.0.dist-info/RECORD":   "pkg-1.0.dist-info/METADATA,,\npkg-1.0.dist-info/WHEEL,,\npkg-1.0.dist-info/RECORD,,\n",
	} {
		if err := add(w, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := more(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return checktest.Write(t, "pkg-1.0-py3-none-any.whl", out.Bytes())
}

func add(w *zip.Writer, name string, data []byte) error {
	f, err := w.Create(name)
	if err == nil {
		_, err = f.Write(data)
	}
	return err
}

// TestForgedWheels: archives that are meant to do harm are told apart and do none.
func TestForgedWheels(t *testing.T) {
	for name, c := range map[string]struct {
		more func(w *zip.Writer) error
		says string
	}{
		"outside": {func(w *zip.Writer) error { return add(w, "../evil.py", nil) }, "no path inside"},
		"rooted":  {func(w *zip.Writer) error { return add(w, "/etc/evil", nil) }, "no path inside"},
		"control": {func(w *zip.Writer) error { return add(w, "a\nb\x00c", nil) }, "no path inside"},
		"twice": {func(w *zip.Writer) error {
			return errors.Join(add(w, "pkg/a.py", []byte("1")), add(w, "pkg/a.py", []byte("2")))
		}, "twice"},
		"bomb":    {func(w *zip.Writer) error { return add(w, "pkg/zeros", make([]byte, 100<<20)) }, "not read"},
		"headers": {func(w *zip.Writer) error { return add(w, "pkg-2.0.dist-info/METADATA", []byte("no header\n")) }, ".dist-info"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := checkAll(t, wheel(t, c.more), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range r.findings {
				if f.Severity == finding.Error && strings.Contains(f.Text, c.says) {
					return
				}
			}
			t.Errorf("%+v", r.findings)
		})
	}
	peaks(t)
}

// TestPayloadBomb: an entry of a payload that would fill a disk is not unpacked.
func TestPayloadBomb(t *testing.T) {
	elf := checktest.Read(t, checktest.Member(t, checktest.MarkupSafe(t, checktest.Manylinux), ".so"))
	path := checktest.Write(t, "bomb", onefile(t, elf, map[string][]byte{"lib/zeros": make([]byte, 80<<20)}))
	r, err := checkAll(t, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.findings {
		if f.Path == "python/lib/zeros" && f.Severity == finding.Error && strings.Contains(f.Text, "not read") {
			return
		}
	}
	t.Errorf("%+v", r.findings)
}
