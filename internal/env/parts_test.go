package env

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Parts are the files and links that a generation of the same entries has, without
// what is written for it alone.
func TestParts(t *testing.T) {
	f := newFixture(t)
	f.library("liba", "1.0")
	tool := f.program("tool", "1.0", "liba.so.1")
	parts, err := f.set.Parts(t.Context(), tool.ID())
	must(t, err)
	if names, err := f.set.Names(); err != nil || len(names) != 0 {
		t.Errorf("environments %v, %v", names, err)
	}
	f.create("e", tool.ID())
	var want, got []string
	must(t, filepath.WalkDir(f.set.Dir("e", "generations", "1"), func(path string, d os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(f.set.Dir("e", "generations", "1"), path); err == nil && !d.IsDir() && rel != recordName {
			want = append(want, rel)
		}
		return err
	}))
	for _, p := range parts {
		got = append(got, p.Path)
		if (p.File.Link == "") != (p.File.Object != "") || p.File.Link == "" && f.store.Object(p.File.Object, p.File.Executable) == "" {
			t.Errorf("%+v", p)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(want) < 2 {
		t.Errorf("got %v, want %v", got, want)
	}
}
