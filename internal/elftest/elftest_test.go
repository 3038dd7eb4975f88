package elftest

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The kernel starts it, the loader finds its libraries, debug/elf reads it.
func TestProgram(t *testing.T) {
	dir := t.TempDir()
	Write(t, filepath.Join(dir, "libb.so.1"), Image{SONAME: "libb.so.1"})
	Write(t, filepath.Join(dir, "liba.so.1"), Image{SONAME: "liba.so.1", Needed: []string{"libb.so.1"}, Runpath: "$ORIGIN"})
	prog := filepath.Join(dir, "prog")
	Write(t, prog, Image{Needed: []string{"liba.so.1", "libnone.so.7"}, Runpath: "$ORIGIN/none:$ORIGIN", Message: "hello\n"})

	got := Trace(t, prog)
	for name, want := range map[string]string{
		"liba.so.1": filepath.Join(dir, "liba.so.1"), "libb.so.1": filepath.Join(dir, "libb.so.1"), "libnone.so.7": "",
	} {
		if file, ok := got[name]; !ok || file != want {
			t.Errorf("%s is found at %q, %v; want %q", name, file, ok, want)
		}
	}
	if out, err := exec.Command(prog).Output(); err == nil {
		t.Errorf("it runs without libnone.so.7: %s", out)
	}
	Write(t, filepath.Join(dir, "libnone.so.7"), Image{SONAME: "libnone.so.7"})
	if out, err := exec.Command(prog).Output(); err != nil || string(out) != "hello\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.so")
	Write(t, path, Image{SONAME: "libx.so.2", Needed: []string{"a", "b"}, Runpath: "$ORIGIN"})
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if needed, err := f.ImportedLibraries(); err != nil || len(needed) != 2 {
		t.Errorf("%v, %v", needed, err)
	}
	if name, err := f.DynString(elf.DT_SONAME); err != nil || name[0] != "libx.so.2" {
		t.Errorf("%v, %v", name, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
