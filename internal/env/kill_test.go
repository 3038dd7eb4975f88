package env

import (
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// consistent checks an environment at any moment: current leads to a complete
// generation, whose program, library and plain files are of one version. It returns
// the version.
func (f *fixture) consistent(name string) string {
	f.Helper()
	e, err := f.set.Current(name)
	if err != nil {
		f.Fatal(err)
	}
	home := f.set.Home(name)
	i := slices.IndexFunc(e.Wanted, func(w Wanted) bool { return nameOf(w.Entry) == "hello" })
	if i < 0 {
		f.absent(filepath.Join(home, "bin", "hello"))
		return ""
	}
	version := strings.Split(e.Wanted[i].Entry, ",")[1]
	f.prints(filepath.Join(home, "bin", "hello"), "hello "+version+"\n")
	f.holds(filepath.Join(home, "share", "man", "man1", "hello.1"), "hello "+version)
	f.holds(filepath.Join(home, "share", "liba", "settings.conf"), version)
	files := 0
	must(f.T, filepath.WalkDir(home+"/", func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
		}
		return err
	}))
	if files != e.Files+1 { // and environment.json
		f.Errorf("%d files in generation %d, which had %d", files-1, e.Generation, e.Files)
	}
	return version
}

// clean checks that nothing is left of dead processes, as it is after any change.
func (f *fixture) clean(names ...string) {
	f.Helper()
	var want []string
	for _, name := range names {
		f.absent(f.set.Dir(name, workDir))
		numbers, err := f.set.Generations(name)
		must(f.T, err)
		for _, n := range numbers {
			want = append(want, root(name, n))
		}
	}
	if left, _ := os.ReadDir(f.set.Dir(trashDir)); len(left) != 0 {
		f.Errorf("trash holds %v", left)
	}
	roots, err := f.store.Roots()
	must(f.T, err)
	for user := range roots {
		if i := slices.Index(want, user); i >= 0 {
			want = slices.Delete(want, i, i+1)
		} else {
			f.Errorf("a root of nothing: %s", user)
		}
	}
	for _, user := range want {
		if name, _, _ := strings.Cut(strings.TrimPrefix(user, "env:"), ":"); len(f.must(f.set.Current(name)).Members) > 0 {
			f.Errorf("%s is not a root", user)
		}
	}
}

func (f *fixture) must(e *Environment, err error) *Environment {
	f.Helper()
	must(f.T, err)
	return e
}

// two versions of a program and its library, which the program's version follows.
func twoVersions(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	for _, version := range []string{"1.0", "2.0"} {
		f.library("libb", version)
		f.library("liba", version, "libb.so.1")
		f.program("hello", version, "liba.so.1")
	}
	f.program("other", "1.0")
	return f
}

// Every change is killed before each of its changes to the disk. What was current
// works, or what was to be; the change can be made again; nothing is left over.
func TestKilledAtEveryChange(t *testing.T) {
	for _, c := range []struct {
		op       string
		versions []string // that may be there after a kill
		after    string
	}{
		{"install demo hello,2.0", []string{"1.0", "2.0"}, "2.0"},
		{"upgrade demo hello", []string{"1.0", "2.0"}, "2.0"},
		{"remove demo hello", []string{"1.0", ""}, ""},
	} {
		t.Run(strings.Fields(c.op)[0], func(t *testing.T) {
			f := twoVersions(t)
			f.create("demo", "other", "hello,1.0")
			reset := func() {
				f.points("rollback demo 1")
				for _, n := range f.generations("demo")[1:] {
					must(t, f.set.Prune(t.Context(), "demo", n))
				}
			}
			total := f.points(c.op)
			reset()
			if total < 12 {
				t.Fatalf("%s has only %d fault points", c.op, total)
			}
			for k := int64(1); k <= total; k += stride(total) {
				f.mustDie(k, c.op)
				if got := f.consistent("demo"); !slices.Contains(c.versions, got) {
					t.Errorf("killed at %d: version %q", k, got)
				}
				if f.consistent("demo") != c.after {
					f.points(c.op)
				}
				f.points("install demo other") // any change cleans up
				if got := f.consistent("demo"); got != c.after {
					t.Errorf("again, after a kill at %d: version %q, want %q", k, got, c.after)
				}
				f.clean("demo")
				reset()
			}
			f.verified()
		})
	}
}

// stride thins the points where there is little time.
func stride(total int64) int64 {
	if os.Getenv("LLGO_PY_TEST_FULL") != "" || total < 16 {
		return 1
	}
	return 5
}

func (f *fixture) generations(name string) []int {
	f.Helper()
	numbers, err := f.set.Generations(name)
	must(f.T, err)
	return numbers
}

// An environment is created or not, deleted or not.
func TestKilledCreateAndDelete(t *testing.T) {
	f := twoVersions(t)
	const create, remove = "create demo hello,2.0", "delete demo"
	total := f.points(create)
	deleting := f.points(remove)
	for k := int64(1); k <= total; k += stride(total) {
		f.mustDie(k, create)
		if _, err := f.set.Current("demo"); err == nil {
			f.consistent("demo")
			f.points(remove)
		} else if missing := (*MissingError)(nil); !errors.As(err, &missing) {
			t.Errorf("killed at %d: %v", k, err)
		}
		f.points(create)
		f.consistent("demo")
		f.clean("demo")
		f.points(remove)
		f.clean()
	}
	for k := int64(1); k <= deleting; k++ {
		f.points(create)
		f.mustDie(k, remove)
		if _, err := f.set.Current("demo"); err == nil {
			f.consistent("demo")
			f.points(remove)
		}
		f.points(create, remove) // sweeps what is left of the first
		f.clean()
	}
	f.verified()
}

// A process that changes and changes is killed at random times.
func TestKilledAtRandom(t *testing.T) {
	f := twoVersions(t)
	f.create("demo", "hello,1.0")
	ops := strings.Split(strings.Repeat("install demo other;upgrade demo hello;remove demo other;gc;install demo hello,1.0;prune demo;", 20), ";")
	ops = ops[:len(ops)-1]
	kills := 25
	if os.Getenv("LLGO_PY_TEST_FULL") != "" {
		kills = 100
	}
	random := rand.New(rand.NewSource(time.Now().UnixNano()))
	killed := 0
	for range kills {
		// So that each comes first some time, and there is something to remove whatever
		// the last process came to.
		first := random.Intn(6)
		cmd := f.process(0, append([]string{"install demo other"}, ops[first:]...)...)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		must(t, cmd.Start())
		time.Sleep(time.Duration(20+random.Intn(200)) * time.Millisecond)
		_ = cmd.Process.Kill()
		var exit *exec.ExitError
		if err := cmd.Wait(); errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
			killed++
		} else if err != nil {
			t.Fatalf("%v: %s", err, &stderr)
		}
		f.consistent("demo")
	}
	if killed < kills/2 {
		t.Errorf("only %d of %d processes were killed", killed, kills)
	}
	f.points("install demo hello,2.0")
	if got := f.consistent("demo"); got != "2.0" {
		t.Errorf("version %q", got)
	}
	f.clean("demo")
	f.verified()
	f.consistent("demo")
}

// Twenty processes at once: what each asked for is there, in one environment and in
// several, while others collect garbage.
func TestConcurrent(t *testing.T) {
	f := twoVersions(t)
	const n = 20
	for i := range n {
		f.add("program", fmt.Sprintf("tool%02d", i), "1", tree{fmt.Sprintf("bin/tool%02d", i): fmt.Sprintf("#!/bin/sh\necho tool %d\n", i)})
	}
	f.create("demo", "hello,1.0")
	done := make(chan error, 2*n)
	for i := range n {
		tool := fmt.Sprintf("tool%02d", i)
		for _, ops := range [][]string{
			{"install demo " + tool},
			{fmt.Sprintf("create own%02d %s hello,2.0", i, tool), "gc", fmt.Sprintf("delete own%02d", i%7)},
		} {
			go func() {
				out, err := f.process(0, ops...).CombinedOutput()
				if err != nil && !strings.Contains(string(out), "there is no environment") {
					err = fmt.Errorf("%v: %w: %s", ops, err, out)
				} else {
					err = nil
				}
				done <- err
			}()
		}
	}
	for range 2 * n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	e := f.must(f.set.Current("demo"))
	if e.Generation != n+1 || len(e.Wanted) != n+1 {
		t.Errorf("generation %d with %d wanted", e.Generation, len(e.Wanted))
	}
	names, err := f.set.Names()
	must(t, err)
	for i := range n {
		f.prints(filepath.Join(f.set.Home("demo"), "bin", fmt.Sprintf("tool%02d", i)), fmt.Sprintf("tool %d\n", i))
	}
	for _, name := range names {
		f.consistent(name)
	}
	f.clean(names...)
	must(t, f.store.Close())
	f.verified()
	for _, name := range names {
		f.consistent(name)
	}
}
