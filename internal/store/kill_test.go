//go:build unix

package store

import (
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
)

// dies starts a child that is killed.
func dies(t *testing.T, args ...any) {
	t.Helper()
	var exit *exec.ExitError
	if err := command(args...).Run(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%v: %v", args, err)
	}
}

// intact looks for all that a store promises at any time, and that the entries are
// there which are needed. With clean, nothing may be there besides.
func intact(t *testing.T, dir string, clean bool, needed ...string) {
	t.Helper()
	s := openAt(t, dir)
	problems, err := s.Verify(t.Context())
	if err != nil || len(problems) != 0 {
		t.Fatalf("problems %v, %v", problems, err)
	}
	for _, id := range needed {
		if _, err := s.load(id); err != nil {
			t.Fatal(err)
		}
	}
	if !clean {
		return
	}
	if _, err := s.GC(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	entries, err := s.Entries()
	must(t, err)
	used := map[string]bool{}
	for _, e := range entries {
		for _, f := range e.Files {
			if f.Link == "" {
				used[s.Object(f.Object, f.Executable)] = true
			}
		}
	}
	if n := count(t, s.path(objectsDir)); len(entries) != len(needed) || n != len(used) {
		t.Fatalf("%d entries for %d, %d objects for %d", len(entries), len(needed), n, len(used))
	}
	for _, name := range []string{workDir, holdsDir} {
		if left, _ := os.ReadDir(s.path(name)); len(left) != 0 {
			t.Fatalf("%s holds %v", name, left)
		}
	}
}

// everyPoint calls try with each of the numbers of changes to the disk if all tests are
// to run, else with some thirty of them, others each day.
func everyPoint(t *testing.T, total int64, try func(k int64)) {
	t.Helper()
	stride, k := int64(1), int64(1)
	if os.Getenv("LLGO_PY_TEST_FULL") == "" {
		stride = 1 + total/30
		k += int64(time.Now().YearDay()) % stride
	}
	n := 0
	for ; k <= total; k += stride {
		try(k)
		n++
	}
	t.Logf("killed at %d points", n)
}

// template makes a store once, and copies of it.
func template(t *testing.T, make func(dir string)) (copied func() string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "template")
	make(dir)
	t.Cleanup(func() { _ = readonly.Remove(dir) })
	return func() string {
		to := filepath.Join(t.TempDir(), "data")
		t.Cleanup(func() { _ = readonly.Remove(to) })
		if out, err := exec.Command("cp", "-a", dir, to).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return to
	}
}

// An Add is killed before each of its changes to the disk. What was there before stays
// as it was, the store is sound, and the next Add makes the same entry.
func TestKilledAdd(t *testing.T) {
	old, fresh := sourceFiles(t, 26, "old"), sourceFiles(t, 26, "fresh")
	var first string
	prepare := template(t, func(dir string) { _, first = run(t, "add", dir, 0, old, "1", "env") })
	dir := prepare()
	total, second := run(t, "add", dir, 0, fresh, "2", "other")
	intact(t, dir, true, first, second)
	if total < 100 {
		t.Fatalf("an add has only %d changes to the disk", total)
	}
	everyPoint(t, total, func(k int64) {
		dir := prepare()
		dies(t, "add", dir, k, fresh, "2", "other")
		intact(t, dir, false, first)
		if _, id := run(t, "add", dir, 0, fresh, "2", "other"); id != second {
			t.Fatalf("point %d: the entry is %s, not %s", k, id, second)
		}
		intact(t, dir, true, first, second)
	})
}

// The same for GC: what is needed stays, and the next one removes the rest.
func TestKilledGC(t *testing.T) {
	n := 40
	if os.Getenv("LLGO_PY_TEST_FULL") != "" {
		n = 100
	}
	old, fresh, other := sourceFiles(t, 20, "old"), sourceFiles(t, n, "fresh"), sourceFiles(t, n, "other")
	var kept string
	prepare := template(t, func(dir string) {
		_, kept = run(t, "add", dir, 0, old, "1", "env")
		run(t, "add", dir, 0, fresh, "2", "-")
		run(t, "add", dir, 0, other, "3", "-")
	})
	dir := prepare()
	total, _ := run(t, "gc", dir, 0)
	intact(t, dir, true, kept)
	if total < int64(n) {
		t.Fatalf("a gc has only %d changes to the disk", total)
	}
	everyPoint(t, total, func(k int64) {
		dir := prepare()
		dies(t, "gc", dir, k)
		intact(t, dir, false, kept)
		run(t, "gc", dir, 0)
		intact(t, dir, true, kept)
	})
}

// And for a repair: what is damaged stays damaged or is repaired, and nothing else
// changes.
func TestKilledRepair(t *testing.T) {
	files := sourceFiles(t, 6, "old")
	archive := filepath.Join(t.TempDir(), "archive.tar")
	var id string
	prepare := template(t, func(dir string) {
		_, id = run(t, "add", dir, 0, files, "1", "env")
		s := openAt(t, dir)
		e, err := s.load(id)
		must(t, err)
		must(t, os.WriteFile(archive, export(t, s, id), 0o600))
		must(t, s.Close())
		flip(t, s.Object(e.File("share/f1").Object, false))
		must(t, inTree("share/f2", os.Remove)(s, e))
	})
	dir := prepare()
	total, _ := run(t, "repair", dir, 0, archive)
	intact(t, dir, true, id)
	everyPoint(t, total, func(k int64) {
		dir := prepare()
		dies(t, "repair", dir, k, archive)
		run(t, "repair", dir, 0, archive)
		intact(t, dir, true, id)
	})
}

// Killed at any moment, with others at work.
func TestKilledAtRandom(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, kept := run(t, "add", dir, 0, sourceFiles(t, 10, "kept"), "1", "env")
	sources := sourceFiles(t, 40, "fresh")
	begin := time.Now()
	run(t, "add", dir, 0, sources, "0", "-")
	whole := time.Since(begin)
	random := rand.New(rand.NewSource(time.Now().UnixNano()))
	rounds := 25
	if os.Getenv("LLGO_PY_TEST_FULL") == "" {
		rounds = 8
	}
	for i := range rounds {
		args := []any{"add", dir, 0, sources, fmt.Sprint(i), "-"}
		if i%3 == 2 {
			args = []any{"gc", dir, 0}
		}
		one, two := command(args...), command("add", dir, 0, sources, "x", "-")
		must(t, one.Start())
		must(t, two.Start())
		time.Sleep(time.Duration(random.Int63n(int64(whole)*3/2 + 1)))
		_ = one.Process.Kill()
		_ = one.Wait()
		if err := two.Wait(); err != nil {
			t.Fatalf("the other process: %v", err)
		}
		intact(t, dir, false, kept)
	}
	intact(t, dir, true, kept)
}
