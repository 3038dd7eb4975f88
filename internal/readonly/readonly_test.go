package readonly

import (
	"os"
	"path/filepath"
	"testing"
)

func TestClosedTreeIsRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tree")
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(deep, "file")
	if err := os.WriteFile(file, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(deep, "link")); err != nil {
		t.Fatal(err)
	}
	if err := Close(dir); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Dir(deep), deep} {
		if info, err := os.Stat(d); err != nil || info.Mode().Perm() != 0o555 {
			t.Errorf("%s: %v, %v", d, info, err)
		}
	}
	if err := os.Remove(file); err == nil && os.Geteuid() != 0 {
		t.Error("a file was removed from a closed directory")
	}
	if err := Remove(dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(dir); err == nil {
		t.Error("the tree is still there")
	}
	if err := Remove(dir); err != nil {
		t.Errorf("a tree that is gone: %v", err)
	}
	if Close(dir) == nil {
		t.Error("a tree that is gone was closed")
	}
}
