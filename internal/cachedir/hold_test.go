package cachedir

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Many may use the cache; who removes waits for all of them, and they for it.
func TestHold(t *testing.T) {
	t.Setenv(EnvRoot, filepath.Join(t.TempDir(), "cache"))
	first, err := Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Exclusive(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v while the cache is held", err)
	}
	got := make(chan error, 1)
	go func() {
		release, err := Exclusive(t.Context())
		if err == nil {
			release()
		}
		got <- err
	}()
	second()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

// What was used is known to the hour; what is removed is gone as a whole, its lock too,
// and what a killed process left is told from entries.
func TestEntriesAndTheirUse(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "entry")
	fill := func(work string) error { return os.WriteFile(filepath.Join(work, "file"), nil, 0o600) }
	if err := Ensure(t.Context(), dir, fill); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(sibling(dir, "lock"), long, long); err != nil {
		t.Fatal(err)
	}
	if got := LastUse(dir); !got.Equal(long.Truncate(time.Nanosecond)) && got.Unix() != long.Unix() {
		t.Errorf("used %v, want %v", got, long)
	}
	if err := Ensure(t.Context(), dir, fill); err != nil || time.Since(LastUse(dir)) > time.Hour {
		t.Errorf("used %v, %v", LastUse(dir), err)
	}
	work := sibling(dir, "work-killed")
	if err := os.Mkdir(work, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, abandoned, err := Entries(parent)
	if err != nil || !slices.Equal(entries, []string{dir}) || !slices.Equal(abandoned, []string{work}) {
		t.Errorf("%v, %v, %v", entries, abandoned, err)
	}
	if err := Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := Remove(dir); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
	if entries, _, err := Entries(filepath.Join(parent, "none")); err != nil || entries != nil {
		t.Errorf("%v, %v", entries, err)
	}
}
