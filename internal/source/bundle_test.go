package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// packagedProgram writes the tree of a program, which is a script here.
func packagedProgram(t *testing.T) string {
	t.Helper()
	src, dir := t.TempDir(), t.TempDir()
	in := bundle.Input{
		Name: "app", Exe: filepath.Join(src, "app"), LibPython: filepath.Join(src, "lib"), NoInterpreter: true, Tool: "llgo-py test",
		Python: bundle.Python{Version: "3.14.6", LibDir: "python3.14", SONAME: "libpython3.14.so.1.0", OS: "linux", Arch: "amd64"},
		Files: []bundle.File{
			{Dest: "lib/python3.14/os.pyc", Source: filepath.Join(src, "os"), Kind: bundle.Module},
			{Dest: "lib/libx.so", Kind: bundle.Symlink, Target: "libpython3.14.so.1.0", Origin: bundle.FromTool},
		},
	}
	for _, name := range []string{"app", "lib", "os"} {
		if err := os.WriteFile(filepath.Join(src, name), []byte("#!/bin/sh\necho "+name+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := bundle.NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Write(t.Context(), bundle.Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestBundle: in the store is what the manifest says, and a copy of it is the program
// again.
func TestBundle(t *testing.T) {
	dir := packagedProgram(t)
	s := openStore(t)
	e := added(t, s, dir, Options{})[0]
	if same := added(t, s, filepath.Join(dir, "app"), Options{})[0]; same.ID() != e.ID() {
		t.Errorf("the program gives %s, its directory %s", same.ID(), e.ID())
	}
	if e.Name != "app" || e.Version != "0" || e.Kind != store.KindBundle || e.Origin.Source != "llgo-py test" {
		t.Errorf("got %+v", e)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(filepath.Join(s.Tree(e), BundleDir))); err != nil {
		t.Fatal(err)
	}
	if problems, err := bundle.Verify(t.Context(), copied); err != nil || len(problems) > 0 {
		t.Errorf("the copy: %v, %v", problems, err)
	}
	if info, err := os.Stat(filepath.Join(copied, "python/lib/python3.14/lib-dynload")); err != nil || !info.IsDir() {
		t.Errorf("lib-dynload: %v, %v", info, err)
	}
}

func TestDamagedBundle(t *testing.T) {
	dir := packagedProgram(t)
	if err := os.WriteFile(filepath.Join(dir, "python/lib/python3.14/os.pyc"), []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	src, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Drafts(t.Context()); err == nil || !strings.Contains(err.Error(), "not as it was built: python/lib/python3.14/os.pyc: changed") {
		t.Errorf("got %v", err)
	}
}
