package compiler

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// TestEmbeddedPayload: a program that its archive is linked into, as where it cannot be
// added later, has it, and unpacks it when it starts. This one has no Python in it.
func TestEmbeddedPayload(t *testing.T) {
	dir, err := filepath.Abs("../../testdata/apps/hello")
	if err != nil {
		t.Fatal(err)
	}
	prog, err := gosource.Load(t.Context(), gosource.Config{Dir: dir, Patterns: []string{"."}, Env: os.Environ(), Stderr: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	archive, exe, cache := filepath.Join(work, "archive"), filepath.Join(work, "app"), filepath.Join(work, "cache")
	id := writePayload(t, archive)
	job := Job{
		Program: prog, Patterns: []string{"."}, Output: exe, Packaged: true, Onefile: true, Payload: archive,
		Python: &pydist.Dist{Minor: "3.14", SONAME: "libpython3.14.so.1.0"}, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Environ(),
	}
	if err := (stock{}).Build(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	if p, _, _, err := payload.FindIn(bytes.NewReader(data), int64(len(data))); err != nil || p.ID() != id {
		t.Errorf("%v", err)
	}
	cmd := exec.Command(exe)
	cmd.Env = []string{"LLGO_PY_CACHE=" + cache}
	out, err := cmd.CombinedOutput()
	if trees, _ := filepath.Glob(filepath.Join(cache, "onefile", "trees", "*", "file")); err == nil || len(trees) != 1 || !strings.Contains(string(out), "cannot start Python") {
		t.Errorf("%s\n%v %s", out, err, trees)
	}
}

// writePayload writes an archive of one file, and returns its id.
func writePayload(t *testing.T, name string) [32]byte {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	sources, err := payload.FromDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	id, err := payload.Write(t.Context(), f, sources, payload.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
