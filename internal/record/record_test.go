package record

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
)

type scene struct {
	store  *kept.Store
	key    kept.Key
	source string
	out    string // a tree
}

func setup(t *testing.T) *scene {
	t.Helper()
	t.Setenv("LLGO_PY_CACHE", t.TempDir())
	store, err := kept.Open()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := &scene{store, kept.NewKey("build"), filepath.Join(dir, "main.go"), filepath.Join(dir, "out")}
	write(t, s.source, "package main")
	write(t, filepath.Join(s.out, "app"), "program")
	write(t, filepath.Join(s.out, "lib", "a"), "library")
	if err := os.Symlink("a", filepath.Join(s.out, "lib", "b")); err != nil {
		t.Fatal(err)
	}
	if err := Keep(store, s.key, []string{s.source}, []string{filepath.Join(s.out, "app"), filepath.Join(s.out, "lib")}, "done"); err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) found(t *testing.T) bool {
	t.Helper()
	told, ok := Find(s.store, s.key)
	if ok && string(told) != `"done"` {
		t.Errorf("told %s", told)
	}
	return ok
}

// TestChanges: whatever happens to a file that the build read or wrote is seen,
// without a look at the clock.
func TestChanges(t *testing.T) {
	for name, change := range map[string]func(s *scene) error{
		"source edited, same size and time": func(s *scene) error {
			info, err := os.Stat(s.source)
			if err != nil {
				return err
			}
			if err := os.WriteFile(s.source, []byte("package mine"), 0o644); err != nil {
				return err
			}
			return os.Chtimes(s.source, info.ModTime(), info.ModTime())
		},
		"source removed": func(s *scene) error { return os.Remove(s.source) },
		"output cut":     func(s *scene) error { return os.Truncate(filepath.Join(s.out, "app"), 3) },
		"output removed": func(s *scene) error { return os.Remove(filepath.Join(s.out, "lib", "a")) },
		"output moved":   func(s *scene) error { return os.Rename(s.out, s.out+"2") },
		"mode":           func(s *scene) error { return os.Chmod(filepath.Join(s.out, "app"), 0o755) },
		"file added":     func(s *scene) error { return os.WriteFile(filepath.Join(s.out, "lib", "c"), nil, 0o644) },
		"link led elsewhere": func(s *scene) error {
			link := filepath.Join(s.out, "lib", "b")
			if err := os.Remove(link); err != nil {
				return err
			}
			return os.Symlink("./a", link)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			if !s.found(t) {
				t.Fatal("a build that was just done is not found")
			}
			if err := change(s); err != nil {
				t.Fatal(err)
			}
			if s.found(t) {
				t.Error("taken for done")
			}
		})
	}
}

// TestNoChanges: times, and files beside the outputs, do not matter.
func TestNoChanges(t *testing.T) {
	s := setup(t)
	then := time.Now().Add(time.Hour)
	for _, path := range []string{s.source, filepath.Join(s.out, "app")} {
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(s.out, "notes"), "of the user's")
	if !s.found(t) {
		t.Error("not found, and nothing changed")
	}
}

func TestSum(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write(t, a, "1")
	write(t, b, "2")
	sum := func() string {
		data, err := Sum([]string{a, b})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	first := sum()
	if first != sum() {
		t.Error("differs from one call to the next")
	}
	write(t, b, "3")
	if first == sum() {
		t.Error("another content has the same sum")
	}
	if _, err := Sum([]string{filepath.Join(dir, "none")}); err == nil {
		t.Error("a file that is not there has a sum")
	}
}
