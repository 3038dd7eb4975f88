package gosource

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestDirs: all packages of the module and what they import, broken ones too, each
// with its module, and nothing of the standard library.
func TestDirs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module example.com/app\n\ngo 1.20\n\nrequire example.com/other v0.0.0\n\nreplace example.com/other => ./other\n",
		"main.go":        "package main\n\nimport _ \"fmt\"\n\nfunc main() {}\n",
		"deep/deep.go":   "package deep\n\nimport _ \"example.com/other/pkg\"\n",
		"broken/b.go":    "package broken\n\nimport _ \"example.com/nowhere\"\n",
		"other/go.mod":   "module example.com/other\n\ngo 1.20\n",
		"other/pkg/o.go": "package pkg\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	found, err := Dirs(t.Context(), Config{Dir: dir, Env: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range found {
		found[i], _ = filepath.Rel(dir, path)
	}
	for _, want := range []string{".", "deep", "broken", "other", "other/pkg"} {
		if !slices.Contains(found, want) {
			t.Errorf("%s is not in %q", want, found)
		}
	}
	if len(found) != 5 {
		t.Errorf("found %q", found)
	}
}
