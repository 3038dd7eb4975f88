package launcher

import (
	"bytes"
	"context"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMainFile: where archives are embedded and where not, it is Go as gofmt writes it.
func TestMainFile(t *testing.T) {
	for _, embeds := range []bool{false, true} {
		src, err := (&Options{Name: `a "name"`, Origin: true}).mainFile(embeds)
		if err != nil {
			t.Fatal(err)
		}
		formatted, err := format.Source(src)
		if err != nil || string(formatted) != string(src) || bytes.Contains(src, []byte("go:embed")) != embeds {
			t.Errorf("%v\n%s", err, src)
		}
	}
}

// TestRefused: what cannot be one file is an error that says so, and an older file
// stays whole.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	output := filepath.Join(dir, "output")
	if err := os.WriteFile(output, []byte("older"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ program, name, want string }{
		{"/bin/sh", "python", `named "python"`},
		{"/bin/sh", "a/b", `named "a/b"`},
		{"/bin/sh", "..", `named ".."`},
		{"/bin/sh", "", `named ""`},
		{output + ".none", "x", "no such file"},
		{dir, "x", "not an executable file"},
	} {
		err := Build(context.Background(), Options{
			Program: test.program, Python: t.TempDir(), Name: test.name, Output: output, Stderr: os.Stderr, Env: os.Environ(),
		})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	if got := read(t, output); got != "older" {
		t.Errorf("the older file is now %q", got)
	}
}
