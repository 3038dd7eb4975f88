package kept

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func open(t *testing.T) *Store {
	t.Helper()
	t.Setenv("LLGO_PY_CACHE", t.TempDir())
	s, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keep(t *testing.T, s *Store, key Key, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "result")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	kept, err := s.KeepFile(key, name)
	if err != nil || kept.Size != int64(len(content)) {
		t.Fatalf("KeepFile: %v, %v", kept, err)
	}
	return kept.Path
}

func TestKept(t *testing.T) {
	s, key := open(t), NewKey("step", []byte("a"))
	if _, ok := s.File(key); ok {
		t.Fatal("something is there before it was kept")
	}
	kept := keep(t, s, key, "result")
	r, ok := s.File(key)
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte("result"))); !ok || r != (Result{kept, 6, want}) {
		t.Fatalf("File: %v %v, want %q with %s", r, ok, kept, want)
	}
	if data, err := os.ReadFile(r.Path); err != nil || string(data) != "result" {
		t.Errorf("%q, %v", data, err)
	}
	if _, ok := s.File(NewKey("step", []byte("b"))); ok {
		t.Error("another key has the same result")
	}
}

func TestDamaged(t *testing.T) {
	s, key := open(t), NewKey("step")
	for _, damage := range []string{"resul", "Result", "result and more", ""} {
		kept := keep(t, s, key, "result")
		if err := os.Chmod(kept, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(kept, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.File(key); ok {
			t.Errorf("%q passes for what was kept", damage)
		}
		if keep(t, s, key, "result"); !isKept(s, key) {
			t.Errorf("%q was not replaced", damage)
		}
	}
}

func isKept(s *Store, key Key) bool { _, ok := s.File(key); return ok }

// TestKeysDiffer: no two lists of parts have the same key because of where one part ends.
func TestKeysDiffer(t *testing.T) {
	seen := map[Key]int{}
	for i, parts := range [][][]byte{
		nil, {nil}, {nil, nil}, {[]byte("ab")}, {[]byte("a"), []byte("b")}, {[]byte("a 1 b")}, {[]byte("ab"), nil},
	} {
		key := NewKey("step", parts...)
		if j, ok := seen[key]; ok {
			t.Errorf("lists %d and %d have the same key", i, j)
		}
		seen[key] = i
	}
	if NewKey("a") == NewKey("b") {
		t.Error("two steps have the same key")
	}
}

func TestBytes(t *testing.T) {
	s, key := open(t), NewKey("step")
	if _, ok := s.Bytes(key); ok {
		t.Error("something is there before it was kept")
	}
	if err := s.KeepBytes(key, []byte("small")); err != nil {
		t.Fatal(err)
	}
	if data, ok := s.Bytes(key); !ok || string(data) != "small" {
		t.Errorf("%q, %v", data, ok)
	}
}
