//go:build linux || darwin

package unpack

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestFirstAndWarmStart(t *testing.T) {
	setCache(t, t.TempDir())
	m := sample(40, 3000, 1)
	dir := ensure(t, m)
	check(t, dir, m)
	if again := ensure(t, m); again != dir || m.opened != 1 {
		t.Fatalf("second start: %s, payload opened %d times", again, m.opened)
	}
}

// The names that the package comment gives are the names on disk, and nothing
// else is left there.
func TestLayout(t *testing.T) {
	root := t.TempDir()
	setCache(t, root)
	m := sample(10, 100, 1)
	ensure(t, m)
	for _, dir := range []string{"", "onefile", "onefile/trees", "onefile/stamps", "onefile/files", "onefile/work", "onefile/sums"} {
		info, err := os.Lstat(filepath.Join(root, dir))
		if err != nil {
			t.Fatal(err)
		}
		if dir != "" && info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v", dir, info.Mode())
		}
	}
	if left, _ := os.ReadDir(filepath.Join(root, "onefile/work")); len(left) != 0 {
		t.Errorf("work holds %v", left)
	}
}

// Two programs share what is equal, by inode.
func TestSharing(t *testing.T) {
	setCache(t, t.TempDir())
	a, b := sample(40, 3000, 1), sample(40, 3000, 2)
	dirA, dirB := ensure(t, a), ensure(t, b)
	check(t, dirA, a)
	check(t, dirB, b)
	same := 0
	for i, e := range a.entries {
		if !e.Mode.IsRegular() {
			continue
		}
		linked := inode(t, dirA+"/"+e.Path) == inode(t, dirB+"/"+e.Path)
		if equal := e.Hash == b.entries[i].Hash; linked != equal {
			t.Errorf("%s: equal %v, linked %v", e.Path, equal, linked)
		} else if linked {
			same++
		}
	}
	if same < 30 {
		t.Errorf("only %d files are shared", same)
	}
}

func TestBadPayload(t *testing.T) {
	setCache(t, t.TempDir())
	m := sample(10, 1000, 1)
	m.bad = 4
	if _, err := Ensure(m.id(), m.open); !errors.Is(err, errBadPayload) {
		t.Fatalf("error %v", err)
	}
	left := 0
	_ = filepath.WalkDir(os.Getenv(EnvCache)+"/onefile/work", func(string, os.DirEntry, error) error { left++; return nil })
	if left != 1 {
		t.Errorf("%d files are left in work", left-1)
	}
	if trees, err := List(os.Getenv(EnvCache)); err != nil || len(trees) != 0 {
		t.Errorf("trees %v, %v", trees, err)
	}
	m.bad = -1
	check(t, ensure(t, m), m)
}

func benchmarkWarm(b *testing.B, n int) {
	setCache(b, b.TempDir())
	m := sample(n, 100, 1)
	ensure(b, m)
	id := m.id()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if _, err := Ensure(id, m.open); err != nil || m.opened != 1 {
			b.Fatal(err, m.opened)
		}
		release() // the lock is part of it
	}
}

func BenchmarkWarm0(b *testing.B)    { benchmarkWarm(b, 0) }
func BenchmarkWarm300(b *testing.B)  { benchmarkWarm(b, 295) }
func BenchmarkWarm600(b *testing.B)  { benchmarkWarm(b, 595) }
func BenchmarkWarm3000(b *testing.B) { benchmarkWarm(b, 2995) }

// BenchmarkFirst unpacks 600 files, 80 MB, that come uncompressed from memory.
func BenchmarkFirst(b *testing.B) {
	m := sample(600, 140_000, 1)
	for i := 0; i < b.N; i++ {
		b.StopTimer()
		dir := b.TempDir()
		setCache(b, dir)
		b.StartTimer()
		ensure(b, m)
		b.StopTimer()
		release()
		os.RemoveAll(dir)
		b.StartTimer()
	}
}
