package facts

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// TestImageOfAnExtension: what a wheel's one binary says, in ELF and fat Mach-O.
func TestImageOfAnExtension(t *testing.T) {
	c := collect(t, checktest.MarkupSafe(t, checktest.Manylinux))
	b := c.File("markupsafe/_speedups.cpython-313-x86_64-linux-gnu.so").Binary
	img := b.Images[0]
	if img.Format != "elf" || img.Arch != "x86_64" || img.Bits != 64 || img.Endian != "little" || img.Type != "shared" || img.Stack != "rw" || !img.RELRO {
		t.Errorf("%+v", img)
	}
	if !slices.Equal(img.Needed, []string{"libpthread.so.0", "libc.so.6"}) || !slices.Contains(img.Versions, Version{Library: "libc.so.6", Name: "GLIBC_2.2.5"}) {
		t.Errorf("%v %v", img.Needed, img.Versions)
	}
	has := func(list []Symbol, name string) bool {
		return slices.ContainsFunc(list, func(s Symbol) bool { return s.Name == name })
	}
	if !has(img.Exports, "PyInit__speedups") || !has(img.Imports, "PyUnicode_New") {
		t.Errorf("exports %v, imports %v", img.Exports, img.Imports)
	}
	if want := (Extension{"markupsafe._speedups", "cpython-313-x86_64-linux-gnu", true}); *b.Extension != want {
		t.Errorf("%+v", b.Extension)
	}

	c = collect(t, checktest.MarkupSafe(t, checktest.Universal2))
	b = c.File("markupsafe/_speedups.cpython-313-darwin.so").Binary
	if len(b.Images) != 2 || b.Images[0].Arch != "x86_64" || b.Images[1].Arch != "arm64" || b.Images[0].MinOS != "10.13" || b.Images[1].MinOS != "11.0" {
		t.Fatalf("%+v", b.Images)
	}
	img = b.Images[1]
	if img.Type != "bundle" || img.Platform != "macos" || !slices.Equal(img.Needed, []string{"/usr/lib/libSystem.B.dylib"}) || !has(img.Exports, "_PyInit__speedups") {
		t.Errorf("%+v", img)
	}
	if b.Signatures[0].Present || !b.Signatures[1].Present || !b.Signatures[1].AdHoc || !b.Signatures[1].Hashed || b.Signatures[1].Problem != "" {
		t.Errorf("%+v", b.Signatures)
	}
}

// TestSignatureNoticesAChangedByte anywhere in the pages that are signed.
func TestSignatureNoticesAChangedByte(t *testing.T) {
	file := checktest.Member(t, checktest.MarkupSafe(t, checktest.Arm64), ".so")
	good := checktest.Read(t, file)
	for _, at := range []int{len(good) / 8, len(good) / 3} {
		data := slices.Clone(good)
		data[at] ^= 0x10
		c := goOnly(t, checktest.Write(t, "changed.so", data))
		if s := c.Files[0].Binary.Signatures; len(s) != 1 || !strings.HasPrefix(s[0].Problem, "page ") {
			t.Errorf("byte %d: %+v", at, s)
		}
	}
}

// TestDisagreement: a file whose section headers say something else than its segments
// is read in two ways, and both are told.
func TestDisagreement(t *testing.T) {
	file := checktest.Member(t, checktest.MarkupSafe(t, checktest.Manylinux), ".so")
	data := checktest.Read(t, file)
	// Section headers gone: debug/elf finds symbols through them, lief through the segments.
	for i := range 8 {
		data[0x28+i] = 0 // e_shoff
	}
	for i := range 6 {
		data[0x3a+i] = 0 // e_shentsize, e_shnum, e_shstrndx
	}
	c := collect(t, checktest.Write(t, "nosections.so", data))
	b := c.Files[0].Binary
	var fields []string
	for _, d := range b.Disagreements {
		fields = append(fields, d.Field)
		if len(d.Values) != len(b.Readers) {
			t.Errorf("%+v", d)
		}
	}
	if !slices.Contains(fields, "imports") || !slices.Contains(fields, "exports") {
		t.Errorf("disagreements %v, failures %v", b.Disagreements, b.Failures)
	}
}

// TestMergeNamesFieldAndValues of readers who differ.
func TestMergeNamesFieldAndValues(t *testing.T) {
	image := func(needed ...string) []Image { return []Image{{Format: "elf", Arch: "x86_64", Needed: needed}} }
	b := merge([]reading{
		{Lief, "", image("a", "c")}, {PyELFTools, "no elf", nil}, {DebugELF, "", image("a", "b")},
	})
	got, err := json.Marshal(b.Disagreements)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"Arch":"x86_64","Field":"needed","Values":[{"Reader":"debug/elf","Value":"2 in all, alone with \"b\""},{"Reader":"lief","Value":"2 in all, alone with \"c\""}]}]`
	if string(got) != want || len(b.Failures) != 1 || b.Failures[0].Reader != PyELFTools || b.Images[0].Needed[1] != "b" {
		t.Errorf("%s\n%+v", got, b)
	}
	b = merge([]reading{{Lief, "", nil}, {MachOLib, "", image()}})
	if len(b.Disagreements) != 1 || b.Disagreements[0].Field != "images" {
		t.Errorf("%+v", b)
	}
}

// TestReaderDies: a reader that hangs or swells is killed, and that is what is known.
func TestReaderDies(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := exec.Command("mkfifo", fifo).Run(); err != nil {
		t.Skip("no mkfifo: ", err)
	}
	w := &worker{timeout: 300e6, memory: 512}
	defer w.stop()
	got, err := w.read(t.Context(), fifo, formatELF) // opening it waits for a writer
	if err != nil || got.Error != "killed after 300ms" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = w.read(t.Context(), os.Args[0], formatELF) // a new process answers
	if err != nil || len(got.Images) != 1 && !strings.Contains(got.Error, "killed") {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestMentions are paths that begin where a path begins, wherever the pieces of the
// stream are cut.
func TestMentions(t *testing.T) {
	text := "x/home/a/b \"/home/me/src/a.c\"\x00./tmp/no /tmp/ file:///root/x, /home/me/src/a.c\n/work/main"
	for size := 1; size < len(text); size++ {
		s := newScanner([]string{"/home/", "/tmp/", "/root/", "/work/main"})
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if _, err := s.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		want := []Mention{{"/home/me/src/a.c", 12, 2}, {"/root/x", 52, 1}, {"/work/main", 78, 1}}
		if got := s.result(); !slices.Equal(got, want) {
			t.Fatalf("pieces of %d: %v, want %v", size, got, want)
		}
	}
}

func TestModuleNames(t *testing.T) {
	for path, want := range map[string]string{
		"python/lib/python3.14/json/__init__.pyc":            "json",
		"python/lib/python3.14t/site-packages/a/b.py":        "a.b",
		"pkg-1.0.data/purelib/pkg/mod.py":                    "pkg.mod",
		"pkg/mod.py":                                         "pkg.mod",
		"python/lib/python3.14/__pycache__/os.pyc":           "",
		"python/lib/python3.14/lib2to3/2to3.py":              "",
		"python/lib/python3.14/site-packages/größe/modul.py": "größe.modul",
	} {
		if got, ok := moduleOf(path); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", path, got, ok, want)
		}
	}
}

// TestFindIn finds the payload of a real one-file program, and says what is wrong with
// one that was changed.
func TestFindIn(t *testing.T) {
	data := checktest.Read(t, checktest.Onefile(t))
	name := checktest.Write(t, "one", data)
	c := goOnly(t, name)
	at := c.Payload.Offset + c.Payload.Size/2
	data[at] ^= 1 // in the data of some entry
	c = goOnly(t, checktest.Write(t, "one", data))
	if c.Kind != Onefile || len(c.Damages) != 1 || !strings.HasPrefix(c.Damages[0].Path, "python/") {
		t.Errorf("%s %v", c.Kind, c.Damages)
	}
	data[at] ^= 1
	data[c.Payload.Offset+c.Payload.Size-200] ^= 1 // in its directory
	c = goOnly(t, checktest.Write(t, "one", data))
	if c.Kind != Onefile || len(c.Damages) != 1 || !strings.Contains(c.Damages[0].Text, payload.ErrDirectory.Error()) {
		t.Errorf("%s %v", c.Kind, c.Damages)
	}
}
