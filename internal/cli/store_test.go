package cli

import (
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// A program that was added before its library is resolved when it is added again, and
// then the store has it once.
func TestStoreAddAgain(t *testing.T) {
	dir, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	t.Setenv(store.EnvDir, data)
	t.Cleanup(func() { _ = readonly.Remove(data) })
	search := func(file string) string { // that of the store, so that nothing is to be changed
		return "$ORIGIN:$ORIGIN/" + file + "_deps:$ORIGIN/common_libs"
	}
	app, lib := filepath.Join(dir, "app-1"), filepath.Join(dir, "libfoo.so.1")
	elftest.Write(t, app, elftest.Image{Needed: []string{"libfoo.so.1"}, Runpath: search("app-1"), Message: "app\n"})
	elftest.Write(t, lib, elftest.Image{SONAME: "libfoo.so.1", Runpath: search("libfoo.so.1")})
	for _, file := range []string{app, lib, app} {
		if code := Main([]string{"py", "store", "add", file}); code != exitOK {
			t.Fatalf("llgo py store add %s: exit code %d", file, code)
		}
	}
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	heads, err := s.Heads()
	if err != nil || len(heads) != 2 || heads[0].Resolved["libfoo.so.1"] != heads[1].ID() {
		t.Errorf("entries %+v, %v", heads, err)
	}
	if problems, err := s.Verify(t.Context()); err != nil || len(problems) != 0 {
		t.Errorf("problems %v, %v", problems, err)
	}
}
