package durable

import (
	"os"
	"path/filepath"
	"testing"
)

// Whether bytes reach the disk cannot be seen from here; that nothing is refused
// (a link to nowhere, an unreadable mode) and that a missing path is, can.
func TestTree(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("nowhere", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o444); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "file")} {
		if err := File(path); err != nil {
			t.Errorf("File(%s): %v", path, err)
		}
	}
	if err := Tree(dir); err != nil {
		t.Error(err)
	}
	if Tree(filepath.Join(dir, "none")) == nil || File(filepath.Join(dir, "none")) == nil {
		t.Error("a missing path is no error")
	}
}
