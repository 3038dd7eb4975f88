package install

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// A program by itself: the libraries that its loader finds come along, those first
// that others need, and once.
func TestBringLibraries(t *testing.T) {
	dir, s := t.TempDir(), openStore(t, t.TempDir())
	elftest.Write(t, filepath.Join(dir, "libb.so.1"), elftest.Image{SONAME: "libb.so.1"})
	elftest.Write(t, filepath.Join(dir, "liba.so.1"), elftest.Image{SONAME: "liba.so.1", Needed: []string{"libb.so.1", "libc.so.6"}, Runpath: "$ORIGIN"})
	program := filepath.Join(dir, "tool-1.2")
	elftest.Write(t, program, elftest.Image{Needed: []string{"liba.so.1"}, Runpath: "$ORIGIN", Message: "tool 1.2\n"})

	e, brought, err := Bring(t.Context(), s, program, progress.Discard)
	must(t, err)
	if len(brought) != 2 || brought[0].Name != "libb" || brought[1].Resolved["libb.so.1"] != brought[0].ID() || e.Resolved["liba.so.1"] != brought[1].ID() {
		t.Errorf("%v, of %+v", e.Resolved, brought)
	}
	in := newInstaller(t, s, t.TempDir())
	install(t, in, e)
	must(t, os.RemoveAll(dir))
	prints(t, "tool 1.2", in.at("tool"))
	finds(t, in.Where(), "tool-1.2", map[string]string{"liba.so.1": "common_libs/liba.so.1", "libb.so.1": "common_libs/libb.so.1"})
}

// A program of the machine's has the version of its package; libraries that the store
// has are not brought again.
func TestBringOfMachine(t *testing.T) {
	path, err := exec.LookPath("dpkg-query")
	if err != nil {
		t.Skip("no dpkg here")
	}
	s := openStore(t, t.TempDir())
	e, _, err := Bring(t.Context(), s, path, progress.Discard)
	must(t, err)
	if e.Name != "dpkg-query" || !strings.HasPrefix(e.Version, "1.") || e.Kind != store.KindProgram {
		t.Errorf("%s", e.ID())
	}
	again, brought, err := Bring(t.Context(), s, path, progress.Discard)
	if must(t, err); len(brought) != 0 || again.ID() != e.ID() {
		t.Errorf("%s, %v", again.ID(), brought)
	}
}

func TestBringNothing(t *testing.T) {
	s := openStore(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "notes")
	must(t, os.WriteFile(file, []byte("text"), 0o644))
	for _, name := range []string{file, file + ".none"} {
		if e, _, err := Bring(t.Context(), s, name, progress.Discard); err == nil {
			t.Errorf("%s: %v", name, e)
		}
	}
}
