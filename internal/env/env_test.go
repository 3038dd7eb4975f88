package env

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// A program is installed with its libraries and theirs, and its plain files; the
// loader finds all of them in the environment.
func TestInstall(t *testing.T) {
	f := newFixture(t)
	f.library("libb", "1.0")
	f.library("liba", "1.0", "libb.so.1")
	prog := f.program("hello", "1.0", "liba.so.1")
	f.create("demo")
	e := f.install("demo", "hello")

	home := f.set.Home("demo")
	f.prints(filepath.Join(home, "bin", "hello"), "hello 1.0\n")
	real, err := filepath.EvalSymlinks(home)
	must(t, err)
	for name, file := range elftest.Trace(t, filepath.Join(home, "bin", "hello")) {
		if want := filepath.Join(real, "bin", "common_libs", name); file != want {
			t.Errorf("%s is found at %q, want %q", name, file, want)
		}
	}
	f.holds(filepath.Join(home, "share", "man", "man1", "hello.1"), "hello 1.0")
	f.holds(filepath.Join(home, "share", "liba", "settings.conf"), "1.0")
	f.absent(filepath.Join(home, "include", "liba.h")) // of a library that came along

	// A copy of it works without the original, the store and the environment.
	away := filepath.Join(t.TempDir(), "copy")
	must(t, exec.Command("cp", "-a", real, away).Run())
	must(t, os.Rename(f.dir, f.dir+".gone"))
	f.prints(filepath.Join(away, "bin", "hello"), "hello 1.0\n")
	for name, file := range elftest.Trace(t, filepath.Join(away, "bin", "hello")) {
		if want := filepath.Join(away, "bin", "common_libs", name); file != want {
			t.Errorf("in a copy, %s is found at %q, want %q", name, file, want)
		}
	}
	must(t, os.Rename(f.dir+".gone", f.dir))

	if len(e.Members) != 3 || e.Members[0].Entry != prog.ID() || e.Members[0].Role != RoleWanted || e.Members[1].Role != RoleLibrary || !slices.Equal(e.Members[1].For, []string{prog.ID()}) {
		t.Errorf("members %+v", e.Members)
	}
	if e.Ways["hard link"] == 0 || e.Ways["copy"] != 0 {
		t.Errorf("ways %v", e.Ways)
	}
	// What is a file of the store is the same file.
	in, err := os.Stat(filepath.Join(home, "bin", "hello"))
	must(t, err)
	of, err := os.Stat(filepath.Join(f.store.Tree(prog), "bin", "hello"))
	must(t, err)
	if !os.SameFile(in, of) {
		t.Error("the program was copied")
	}
}

// Upgrades and going back take the plain files with them.
func TestUpgradeAndRollback(t *testing.T) {
	f := newFixture(t)
	f.program("hello", "1.9")
	f.add(store.KindData, "hello-doc", "1.9", tree{"share/doc/hello/manual.html": "1.9"})
	f.create("demo", "hello")
	f.program("hello", "1.10")
	f.add(store.KindData, "hello-doc", "1.10", tree{"share/doc/hello/manual.html": "1.10", "share/doc/hello/new.html": "1.10"})
	f.add(store.KindData, "hellooo-doc", "1.10", tree{"share/doc/other": "other"})

	home := f.set.Home("demo")
	check := func(version string, generation int) {
		t.Helper()
		f.prints(filepath.Join(home, "bin", "hello"), "hello "+version+"\n")
		f.holds(filepath.Join(home, "share", "man", "man1", "hello.1"), "hello "+version)
		f.holds(filepath.Join(home, "share", "doc", "hello", "manual.html"), version)
		if e, err := f.set.Current("demo"); err != nil || e.Generation != generation {
			t.Errorf("generation %+v, %v; want %d", e, err, generation)
		}
	}
	check("1.9", 1)
	_, changed, err := f.set.Upgrade(context.Background(), "demo")
	if err != nil || !changed {
		t.Fatalf("%v, %v", changed, err)
	}
	check("1.10", 2)
	f.absent(filepath.Join(home, "share", "doc", "other"))
	if _, changed, err := f.set.Upgrade(context.Background(), "demo"); err != nil || changed {
		t.Errorf("the newest was upgraded: %v, %v", changed, err)
	}
	_, err = f.set.Rollback(context.Background(), "demo", 0)
	must(t, err)
	check("1.9", 1)
	f.absent(filepath.Join(home, "share", "doc", "hello", "new.html"))
	if _, err = f.set.Rollback(context.Background(), "demo", 0); err == nil {
		t.Error("there is something before the first generation")
	}
	_, err = f.set.Rollback(context.Background(), "demo", 2)
	must(t, err)
	check("1.10", 2)
	var missing *MissingError
	if _, err = f.set.Rollback(context.Background(), "demo", 7); !errors.As(err, &missing) {
		t.Errorf("generation 7: %v", err)
	}
	check("1.10", 2)
}

// Plain files that were asked for by themselves follow their program, too.
func TestDataThatWasAskedFor(t *testing.T) {
	f := newFixture(t)
	home := f.set.Home("demo")
	for _, version := range []string{"1.9", "1.10"} {
		f.program("hello", version)
		f.add(store.KindData, "hello-doc", version, tree{"share/doc/hello/manual": version})
		f.add(store.KindData, "other-doc", version, tree{"share/doc/other/manual": version})
	}
	f.create("demo", "hello,1.9", "hello-doc,1.9", "other-doc,1.9")
	f.install("demo", "hello,1.10")
	f.holds(filepath.Join(home, "share/doc/hello/manual"), "1.9") // pinned

	spec := Spec{}
	for _, name := range []string{"hello,1.9", "hello-doc,1.9", "other-doc,1.9"} {
		e, err := f.store.Find(name)
		must(t, err)
		must(t, f.set.AskingFor(false, e)(&spec))
	}
	home = f.set.Home("free")
	_, err := f.set.Create(context.Background(), "free", "create", spec)
	must(t, err)
	_, _, err = f.set.Upgrade(context.Background(), "free", "hello")
	must(t, err)
	f.prints(filepath.Join(home, "bin", "hello"), "hello 1.10\n")
	f.holds(filepath.Join(home, "share/doc/hello/manual"), "1.10")
	f.holds(filepath.Join(home, "share/doc/other/manual"), "1.9")
	f.install("free", "hello,1.9")
	f.holds(filepath.Join(home, "share/doc/hello/manual"), "1.9")
}

// What named a version stays where it is, unless it is named.
func TestPinned(t *testing.T) {
	f := newFixture(t)
	f.program("hello", "1.0")
	f.create("demo", "hello,1")
	f.program("hello", "2.0")
	if _, changed, err := f.set.Upgrade(context.Background(), "demo"); err != nil || changed {
		t.Errorf("%v, %v", changed, err)
	}
	if _, changed, err := f.set.Upgrade(context.Background(), "demo", "hello"); err != nil || !changed {
		t.Errorf("%v, %v", changed, err)
	}
	f.prints(filepath.Join(f.set.Home("demo"), "bin", "hello"), "hello 2.0\n")
	// Asking for another version is asking for it in place of this one.
	e := f.install("demo", "hello,1.0")
	if len(e.Wanted) != 1 {
		t.Errorf("%+v", e.Wanted)
	}
	f.prints(filepath.Join(f.set.Home("demo"), "bin", "hello"), "hello 1.0\n")
	var ambiguous *store.AmbiguousError
	if _, _, err := install(f.set, "demo", "hello"); !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 2 {
		t.Errorf("%v", err)
	}
}

// Two programs that were resolved against different versions of a library run in one
// environment, each with its own.
func TestTwoVersionsOfALibrary(t *testing.T) {
	f := newFixture(t)
	f.library("libc0", "1.0")
	f.library("liba", "1.0", "libc0.so.1")
	f.program("old", "1.0", "liba.so.1")
	f.add(store.KindLibrary, "liba", "2.0", tree{"lib/liba.so.1": elftest.Image{SONAME: "liba.so.1"}})
	f.program("new", "1.0", "liba.so.1")
	e := f.create("demo", "old", "new")

	bin := filepath.Join(f.set.Home("demo"), "bin")
	f.prints(filepath.Join(bin, "old"), "old 1.0\n")
	f.prints(filepath.Join(bin, "new"), "new 1.0\n")
	real, err := filepath.EvalSymlinks(bin)
	must(t, err)
	if got := elftest.Trace(t, filepath.Join(bin, "new")); got["liba.so.1"] != filepath.Join(real, "common_libs", "liba.so.1") {
		t.Errorf("the one asked for last: %v", got)
	}
	old := elftest.Trace(t, filepath.Join(bin, "old"))
	for _, name := range []string{"liba.so.1", "libc0.so.1"} {
		if old[name] != filepath.Join(real, "old-1.0_deps", name) {
			t.Errorf("the other: %v", old)
		}
	}
	// And the conflict is told.
	i := slices.IndexFunc(e.Conflicts, func(c Conflict) bool { return c.Path == "lib/liba.so.1" })
	if i < 0 || !strings.HasPrefix(e.Conflicts[i].Kept, "liba,2.0") || !strings.HasPrefix(e.Conflicts[i].Hidden[0], "liba,1.0") {
		t.Errorf("conflicts %+v", e.Conflicts)
	}
}

// The loader takes the first library of a name that it meets, nearest to the program:
// so does the environment, where a library was resolved against another version.
func TestNearestVersion(t *testing.T) {
	f := newFixture(t)
	f.library("libz0", "1.0")
	f.library("liba", "1.0", "libz0.so.1") // with the first libz0
	second := f.add(store.KindLibrary, "libz0", "2.0", tree{"lib/libz0.so.1": elftest.Image{SONAME: "libz0.so.1", Needed: []string{"libc.so.6"}}})
	f.program("hello", "1.0", "liba.so.1", "libz0.so.1") // with the second
	f.create("demo", "hello", "libz0,1.0")               // and lib/ has the first
	bin, err := filepath.EvalSymlinks(filepath.Join(f.set.Home("demo"), "bin"))
	must(t, err)
	got := elftest.Trace(t, filepath.Join(bin, "hello"))
	want, err := os.Stat(filepath.Join(f.store.Tree(second), "lib", "libz0.so.1"))
	must(t, err)
	if have, err := os.Stat(got["libz0.so.1"]); err != nil || !os.SameFile(have, want) {
		t.Errorf("%v, %v; want the one of 2.0", got, err)
	}
	if got["liba.so.1"] != filepath.Join(bin, "hello-1.0_deps", "liba.so.1") {
		t.Errorf("%v", got)
	}
}

// The rule: what was asked for goes before what came with it, the last before others;
// equal files are no conflict; directories and files of one name are.
func TestConflicts(t *testing.T) {
	f := newFixture(t)
	a := f.add(store.KindProgram, "a", "1", tree{"bin/tool": "#!/bin/sh\necho a\n", "share/licence": "same", "share/x": "file", "share/y/below": "a"})
	b := f.add(store.KindProgram, "b", "1", tree{"bin/tool": "#!/bin/sh\necho b\n", "share/licence": "same", "share/x/below": "b", "share/y": "file"})
	f.add(store.KindData, "a-data", "1", tree{"bin/tool": "#!/bin/sh\necho data\n"})
	home := f.set.Home("demo")
	check := func(e *Environment, kept, hidden *store.Entry) {
		t.Helper()
		var paths []string
		for _, c := range e.Conflicts {
			paths = append(paths, c.Path)
			if c.Kept != kept.ID() || !slices.Contains(c.Hidden, hidden.ID()) {
				t.Errorf("%+v", c)
			}
		}
		if !slices.Equal(paths, []string{"bin/tool", "share/x", "share/y"}) {
			t.Errorf("conflicts %v", paths)
		}
		f.prints(filepath.Join(home, "bin", "tool"), kept.Name+"\n")
	}
	check(f.create("demo", "a", "b"), b, a)
	// Asking again is asking last.
	check(f.install("demo", "a"), a, b)
	record, err := f.set.Current("demo")
	must(t, err)
	if record.Rule != Rule || len(record.Conflicts) != 3 {
		t.Errorf("environment.json: %q, %+v", record.Rule, record.Conflicts)
	}
}

func TestRemove(t *testing.T) {
	f := newFixture(t)
	lib := f.library("liba", "1.0")
	f.program("hello", "1.0", "liba.so.1")
	f.program("other", "1.0")
	f.create("demo", "hello", "other")
	var notWanted *NotWantedError
	if _, _, err := f.set.Remove(context.Background(), "demo", "liba"); !errors.As(err, &notWanted) || len(notWanted.CameWith) != 1 {
		t.Errorf("a library that came along was removed: %v", err)
	}
	if _, _, err := f.set.Remove(context.Background(), "demo", "nothing"); !errors.As(err, &notWanted) {
		t.Errorf("%v", err)
	}
	e, changed, err := f.set.Remove(context.Background(), "demo", "hello")
	if err != nil || !changed || e.Member(lib.ID()) != nil {
		t.Errorf("%+v, %v, %v", e, changed, err)
	}
	f.absent(filepath.Join(f.set.Home("demo"), "bin", "hello"))
	f.absent(filepath.Join(f.set.Home("demo"), "lib"))
	f.prints(filepath.Join(f.set.Home("demo"), "bin", "other"), "other 1.0\n")
}

// What any generation has stays in the store; what none has goes.
func TestGC(t *testing.T) {
	f := newFixture(t)
	f.library("liba", "1.0")
	f.program("hello", "1.0", "liba.so.1")
	f.program("other", "1.0", "liba.so.1")
	f.create("one", "hello", "other")
	f.create("two", "hello")
	_, _, err := f.set.Remove(context.Background(), "one", "hello")
	must(t, err)
	must(t, f.set.Delete(context.Background(), "two"))
	must(t, f.store.Close()) // what this process used is no longer kept for it
	has := func(want ...string) {
		t.Helper()
		f.verified()
		entries, err := f.store.Entries()
		must(t, err)
		var names []string
		for _, e := range entries {
			names = append(names, e.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("the store has %v, want %v", names, want)
		}
	}
	has("hello", "liba", "other")
	_, err = f.set.Rollback(context.Background(), "one", 1)
	must(t, err)
	f.prints(filepath.Join(f.set.Home("one"), "bin", "hello"), "hello 1.0\n")
	_, err = f.set.Rollback(context.Background(), "one", 2)
	must(t, err)
	if err := f.set.Prune(context.Background(), "one", 2); err == nil {
		t.Error("the current generation was deleted")
	}
	must(t, f.set.Prune(context.Background(), "one", 1))
	has("liba", "other")
	f.prints(filepath.Join(f.set.Home("one"), "bin", "other"), "other 1.0\n")
	must(t, f.set.Delete(context.Background(), "one"))
	has()
	if names, err := f.set.Names(); err != nil || len(names) != 0 {
		t.Errorf("%v, %v", names, err)
	}
}

func TestNames(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"", ".x", "-x", "_x", "a/b", "a b", "..", "ä", "README", strings.Repeat("x", 65)} {
		var bad *NameError
		if _, err := f.set.Create(context.Background(), name, "create", Spec{}); !errors.As(err, &bad) {
			t.Errorf("%q: %v", name, err)
		}
	}
	f.create("a.b-c_1")
	var exists *ExistsError
	if _, err := f.set.Create(context.Background(), "a.b-c_1", "create", Spec{}); !errors.As(err, &exists) {
		t.Errorf("twice: %v", err)
	}
	var missing *MissingError
	for _, err := range []error{
		f.set.Delete(context.Background(), "none"),
		func() error { _, err := f.set.Current("none"); return err }(),
		func() error { _, _, err := install(f.set, "none"); return err }(),
		func() error { _, err := f.set.Generation("none", 1); return err }(),
	} {
		if !errors.As(err, &missing) || missing.Generation != 0 {
			t.Errorf("%v", err)
		}
	}
	if names, err := f.set.Names(); err != nil || !slices.Equal(names, []string{"a.b-c_1"}) {
		t.Errorf("%v, %v", names, err)
	}
}

// A failed change leaves everything as it was.
func TestFailedChange(t *testing.T) {
	f := newFixture(t)
	f.program("hello", "1.0")
	e := f.add(store.KindProgram, "broken", "1.0", tree{"bin/broken": "#!/bin/sh\n"})
	f.create("demo", "hello")
	object := f.store.Object(e.File("bin/broken").Object, true)
	must(t, os.Remove(object))
	if _, _, err := install(f.set, "demo", "broken"); err == nil {
		t.Fatal("a file that is gone was installed")
	}
	numbers, err := f.set.Generations("demo")
	if err != nil || !slices.Equal(numbers, []int{1}) {
		t.Errorf("%v, %v", numbers, err)
	}
	f.absent(f.set.Dir("demo", workDir))
	roots, err := f.store.Roots()
	if err != nil || len(roots) != 1 {
		t.Errorf("roots %v, %v", roots, err)
	}
	f.prints(filepath.Join(f.set.Home("demo"), "bin", "hello"), "hello 1.0\n")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := f.set.Remove(ctx, "demo", "hello"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A bundle lies in a directory of its own, and its program is reached through bin/.
func TestBundle(t *testing.T) {
	f := newFixture(t)
	f.add(store.KindBundle, "app", "1.0", tree{
		"bundle/app":                  elftest.Image{Message: "bundle\n"},
		"bundle/python/manifest.json": "{}",
		"bundle/python/bin/python3":   "#!/bin/sh\n",
	})
	f.create("demo", "app")
	home := f.set.Home("demo")
	f.prints(filepath.Join(home, "bin", "app"), "bundle\n")
	real, err := filepath.EvalSymlinks(filepath.Join(home, "bin", "app"))
	must(t, err)
	f.holds(filepath.Join(filepath.Dir(real), "python", "manifest.json"), "{}")
	f.absent(filepath.Join(home, "bin", "python3"))
}

// A library that the store did not have when the program came is told as missing; if
// somebody else's entry has it, it is found all the same.
func TestMissingLibrary(t *testing.T) {
	f := newFixture(t)
	prog := f.program("hello", "1.0", "liba.so.1", "libstdc++.so.6")
	e := f.create("demo", "hello")
	if len(e.Missing) != 1 || e.Missing[0].Entry != prog.ID() || !slices.Equal(e.Missing[0].Names, []string{"liba.so.1"}) {
		t.Errorf("missing %+v", e.Missing)
	}
	f.library("liba", "1.0")
	if e = f.install("demo", "liba"); len(e.Missing) != 0 {
		t.Errorf("missing %+v", e.Missing)
	}
	if got := elftest.Trace(t, filepath.Join(f.set.Home("demo"), "bin", "hello")); !strings.HasSuffix(got["liba.so.1"], "/bin/common_libs/liba.so.1") {
		t.Errorf("%v", got)
	}
}

// Plain files go with libraries, too, and by the source that both were made from.
func TestDataOfALibrary(t *testing.T) {
	f := newFixture(t)
	f.origin = "magic-source"
	f.library("libmagic", "1.0")
	f.add(store.KindData, "magic-files", "1.0", tree{"share/misc/magic": "1.0"})
	f.add(store.KindData, "magic-files", "2.0", tree{"share/misc/magic": "2.0"})
	f.origin = ""
	prog := f.program("hello", "7.0", "libmagic.so.1")
	e := f.create("demo", "hello")
	f.holds(filepath.Join(f.set.Home("demo"), "share", "misc", "magic"), "1.0")
	if len(e.Members) != 3 || e.Members[2].Role != RoleData || !slices.Equal(e.Members[2].For, []string{prog.ID()}) {
		t.Errorf("%+v", e.Members)
	}
}

// Where there are no hard links to the store, libraries are symbolic links, programs
// copies, and all of it runs.
func TestOtherFileSystem(t *testing.T) {
	f := newFixture(t)
	away, err := os.MkdirTemp("/dev/shm", "envs-")
	if err != nil {
		t.Skip("no second file system: ", err)
	}
	defer os.RemoveAll(away)
	if os.Link(filepath.Join(f.dir, "store", "README"), filepath.Join(away, "x")) == nil {
		t.Skip("/dev/shm is on the same file system")
	}
	must(t, os.Symlink(away, filepath.Join(f.dir, "envs")))
	f.library("libb", "1.0")
	f.library("liba", "1.0", "libb.so.1")
	f.program("hello", "1.0", "liba.so.1")
	e := f.create("demo", "hello")
	f.prints(filepath.Join(f.set.Home("demo"), "bin", "hello"), "hello 1.0\n")
	for name, file := range elftest.Trace(t, filepath.Join(f.set.Home("demo"), "bin", "hello")) {
		if want := filepath.Join(away, "demo", "generations", "1", "bin", "common_libs", name); file != want {
			t.Errorf("%s is found at %q, want %q", name, file, want)
		}
	}
	if e.Copied == 0 || e.Ways["copy"] != 1 || e.Ways["symbolic link"] == 0 || e.Ways["hard link"] != 0 {
		t.Errorf("ways %v", e.Ways)
	}
}

// A generation that cannot be read any more can be left.
func TestDamagedRecord(t *testing.T) {
	f := newFixture(t)
	f.program("hello", "1.0")
	f.create("demo")
	f.install("demo", "hello")
	record := filepath.Join(f.set.Home("demo"), recordName)
	must(t, os.WriteFile(record, []byte(`{"schema": 1`), 0o644))
	var damaged *DamagedError
	if _, err := f.set.Current("demo"); !errors.As(err, &damaged) {
		t.Errorf("%v", err)
	}
	if _, _, err := f.set.Upgrade(context.Background(), "demo"); !errors.As(err, &damaged) {
		t.Errorf("%v", err)
	}
	_, err := f.set.Rollback(context.Background(), "demo", 1)
	must(t, err)
	f.install("demo", "hello")
	f.prints(filepath.Join(f.set.Home("demo"), "bin", "hello"), "hello 1.0\n")
	must(t, os.WriteFile(record, []byte(`{"schema": 99}`), 0o644))
	if _, err := f.set.Current("demo"); !errors.As(err, &damaged) {
		t.Errorf("%v", err)
	}
}

// What envs/README says to do by hand works.
func TestByHand(t *testing.T) {
	f := newFixture(t)
	f.program("hello", "1.0")
	f.create("other", "hello")
	hello, err := f.store.Find("hello")
	must(t, err)
	_, steps, _ := strings.Cut(readme, "of one entry of the store:\n")
	steps, _, _ = strings.Cut(steps, "llgo py store gc")
	steps = strings.NewReplacer("<name>", "mine", "<entry>", hello.ID()).Replace(steps)
	cmd := exec.Command("/bin/sh", "-ec", steps)
	cmd.Dir = f.set.Dir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f.prints(filepath.Join(f.set.Home("mine"), "bin", "hello"), "hello 1.0\n")
	var damaged *DamagedError
	if _, err := f.set.Current("mine"); !errors.As(err, &damaged) {
		t.Errorf("%v", err)
	}
	if g, err := f.set.Graph(); err != nil || len(g.Nodes) != 4 || len(g.from("mine")) != 0 {
		t.Errorf("%+v, %v", g, err)
	}
	must(t, f.set.Delete(context.Background(), "mine"))
	// Half of one by hand is not taken for what a killed process left.
	half := f.set.Dir("half", generationsDir, "1")
	must(t, os.MkdirAll(half, 0o755))
	must(t, os.WriteFile(filepath.Join(half, "notes"), []byte("mine"), 0o644))
	if e := f.create("half", "hello"); e.Generation != 2 {
		t.Errorf("generation %d", e.Generation)
	}
	f.holds(filepath.Join(half, "notes"), "mine")
	back := strings.NewReplacer("    ", "").Replace("    ln -s generations/1 new && mv -T new current")
	cmd = exec.Command("/bin/sh", "-ec", back)
	cmd.Dir = f.set.Dir("other")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(readme, back) {
		t.Errorf("%v: %s", err, out)
	}
	f.prints(filepath.Join(f.set.Home("other"), "bin", "hello"), "hello 1.0\n")
}

// A plug-in in a directory of its own finds the libraries of lib/, whoever loads it.
func TestPlugin(t *testing.T) {
	f := newFixture(t)
	f.library("liba", "1.0")
	f.library("libd", "1.0")
	f.add(store.KindProgram, "hello", "1.0", tree{
		"bin/hello":                 elftest.Image{Message: "hello\n", Needed: []string{"libd.so.1"}},
		"lib/hello/plugins/plug.so": elftest.Image{Needed: []string{"liba.so.1"}},
		"lib/hello/plugins/none.so": elftest.Image{SONAME: "none.so"},
		"lib/hello/data.so.txt":     "no library",
	})
	f.create("demo", "hello")
	home := f.set.Home("demo")
	plugins := filepath.Join(home, "lib", "hello", "plugins")
	got := elftest.Trace(t, filepath.Join(home, "bin", "hello"), "LD_PRELOAD="+filepath.Join(plugins, "plug.so"))
	if want := filepath.Join(plugins, "common_libs", "liba.so.1"); got["liba.so.1"] != want {
		t.Errorf("%v, want %q", got, want)
	}
}

// Another Python is asked for by name: what is installed is for this one.
func TestReplaces(t *testing.T) {
	have := &store.Entry{Name: "python", Kind: store.KindPython, Version: "3.14.1"}
	for version, want := range map[string]bool{"3.14.2": true, "3.15.0": false, "3.14.2t": false} {
		if got := replaces(&store.Entry{Name: "python", Kind: store.KindPython, Version: version}, have); got != want {
			t.Errorf("%s: %v", version, got)
		}
	}
	if replaces(&store.Entry{Name: "python", Kind: store.KindProgram, Version: "3.14.2"}, have) {
		t.Error("another kind")
	}
}
