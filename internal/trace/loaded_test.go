package trace

import (
	"context"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// TestLoaded asks a real interpreter: an extension module and what it needs, one
// that ctypes was asked for, and one that native code opens.
func TestLoaded(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("libraries are traced on Linux")
	}
	libz := ofMachine(t, "libz.so.1")
	dist, err := pydist.Managed(context.Background(), progress.Discard, "")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	traced, err := Prepare(dir, dist)
	if err != nil {
		t.Fatal(err)
	}
	const code = "import _tkinter, ctypes\nctypes.CDLL('libz.so.1')\n" +
		"d = ctypes.CDLL(None).dlopen\nd.restype = ctypes.c_void_p\nassert d(b'libresolv.so.2', 2)\n"
	if out, err := exec.Command(traced.Executable, "-c", code).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	uses, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Loaded{}
	for _, l := range uses.Loaded(dist.BaseExecutable) {
		found[l.SONAME] = l
	}
	for soname, want := range map[string]struct {
		how How
		by  string
	}{
		"libz.so.1":      {ByCtypes, "__main__"},
		"libresolv.so.2": {ByDlopen, ""},
		"libc.so.6":      {Needed, filepath.Base(dist.BaseExecutable)},
		"libtcl9.0.so":   {Needed, "_tkinter"},
	} {
		got := found[soname]
		by := want.by == "" && got.By == nil || slices.ContainsFunc(got.By, func(b string) bool { return strings.HasPrefix(b, want.by) })
		if got.How != want.how || !by {
			t.Errorf("%s: %+v, want %+v", soname, got, want)
		}
	}
	if got := found["libz.so.1"].File; real(got) != real(libz) {
		t.Errorf("libz is %s, not %s", got, libz)
	}
	extension := slices.ContainsFunc(uses.Loaded(""), func(l Loaded) bool {
		return l.How == Extension && slices.Contains(l.By, "_tkinter")
	})
	if !extension {
		t.Errorf("no extension module among %v", found)
	}
}
