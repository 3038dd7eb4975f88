// Package gosourcetest loads small programs for tests.
package gosourcetest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// A go.mod and go.sum for programs that bring none.
const (
	gomod = "module example.com/app\n\ngo 1.20\n\nrequire github.com/goplus/lib v0.3.1\n"
	gosum = "github.com/goplus/lib v0.3.1 h1:Xws4DBVvgOMu58awqB972wtvTacDbk3nqcbHjdx9KSg=\n" +
		"github.com/goplus/lib v0.3.1/go.mod h1:SgJv3oPqLLHCu0gcL46ejOP3x7/2ry2Jtxu7ta32kp0=\n"
)

// Write unpacks the files of a txtar archive below a new directory, with a
// go.mod that requires goplus/lib unless the archive has its own.
func Write(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	files := append([]txtar.File{{Name: "go.mod", Data: []byte(gomod)}, {Name: "go.sum", Data: []byte(gosum)}}, archive.Files...)
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Load writes the archive and loads the program in it.
func Load(t *testing.T, archive *txtar.Archive, patterns ...string) (*gosource.Program, error) {
	t.Helper()
	return gosource.Load(context.Background(), gosource.Config{Dir: Write(t, archive), Patterns: patterns, Env: os.Environ()})
}
