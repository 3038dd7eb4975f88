//go:build linux || darwin

package unpack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

const somePyc = "/python/lib/python3.14/package00/module0001.pyc"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Everything that can happen to a tree by accident is noticed at the next start and
// repaired; so it is in the start after that, which is warm again.
func TestDamageIsRepaired(t *testing.T) {
	onefile := func(dir string) string { return filepath.Dir(filepath.Dir(dir)) }
	stampOf := func(dir string) string { return onefile(dir) + "/stamps/" + filepath.Base(dir) }
	tests := map[string]func(t *testing.T, dir string){
		"changed": func(t *testing.T, dir string) { damage(t, dir+somePyc) },
		"changed through its link": func(t *testing.T, dir string) {
			m := sample(20, 1000, 1)
			damage(t, stored(onefile(dir), &m.entries[5]))
		},
		"cut":           func(t *testing.T, dir string) { cut(t, dir+somePyc, 10) },
		"emptied":       func(t *testing.T, dir string) { cut(t, dir+somePyc, 0) },
		"removed":       func(t *testing.T, dir string) { must(t, os.Remove(dir+somePyc)) },
		"empty removed": func(t *testing.T, dir string) { must(t, os.Remove(dir+"/python/lib/empty")) },
		"replaced": func(t *testing.T, dir string) {
			must(t, os.Remove(dir+somePyc))
			must(t, os.WriteFile(dir+somePyc, make([]byte, 1000), 0o444))
		},
		"mode":           func(t *testing.T, dir string) { must(t, os.Chmod(dir+"/python/bin/python3", 0o444)) },
		"link removed":   func(t *testing.T, dir string) { must(t, os.Remove(dir+"/python/bin/python3.14")) },
		"void removed":   func(t *testing.T, dir string) { must(t, os.Remove(dir+"/python/lib/void")) },
		"folder removed": func(t *testing.T, dir string) { must(t, os.RemoveAll(dir+"/python/lib/python3.14")) },
		"link led elsewhere": func(t *testing.T, dir string) {
			must(t, os.Remove(dir+"/python/bin/python3.14"))
			must(t, os.Symlink("/bin/sh", dir+"/python/bin/python3.14"))
		},
		"file became link": func(t *testing.T, dir string) {
			must(t, os.Rename(dir+somePyc, dir+"/elsewhere"))
			must(t, os.Symlink(dir+"/elsewhere", dir+somePyc))
		},
		"tree removed": func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) },
		"tree became link": func(t *testing.T, dir string) {
			must(t, os.Rename(dir, onefile(dir)+"/elsewhere"))
			must(t, os.Symlink(onefile(dir)+"/elsewhere", dir))
		},
		"stamp removed": func(t *testing.T, dir string) { must(t, os.Remove(stampOf(dir))) },
		"stamp cut":     func(t *testing.T, dir string) { must(t, os.Truncate(stampOf(dir), 100)) },
		"stamp empty":   func(t *testing.T, dir string) { must(t, os.Truncate(stampOf(dir), 0)) },
		"stamp changed": func(t *testing.T, dir string) { damage(t, stampOf(dir)) },
		"files removed": func(t *testing.T, dir string) {
			must(t, os.RemoveAll(onefile(dir)+"/files"))
			must(t, os.Remove(dir+somePyc))
		},
		"all removed": func(t *testing.T, dir string) { must(t, os.RemoveAll(onefile(dir))) },
	}
	for name, harm := range tests {
		t.Run(name, func(t *testing.T) {
			setCache(t, t.TempDir())
			m := sample(20, 1000, 1)
			dir := ensure(t, m)
			harm(t, dir)
			check(t, ensure(t, m), m)
			if m.opened != 2 {
				t.Errorf("the payload was opened %d times", m.opened)
			}
			ensure(t, m)
			if m.opened != 2 {
				t.Error("the next start was not warm")
			}
		})
	}
}

// cut shortens a file that is read-only.
func cut(t *testing.T, name string, size int64) {
	t.Helper()
	info, err := os.Stat(name)
	must(t, err)
	must(t, os.Chmod(name, 0o600))
	must(t, os.Truncate(name, size))
	must(t, os.Chmod(name, info.Mode()))
}

// A change that keeps size, mode and time is nothing that happens by accident, but a
// disk may do it. LLGO_PY_VERIFY finds and repairs it, Verify finds it.
func TestVerifyFindsWhatKeepsItsTime(t *testing.T) {
	setCache(t, t.TempDir())
	m := sample(20, 1000, 1)
	dir := ensure(t, m)
	damage(t, dir+somePyc)
	must(t, os.Chtimes(dir+somePyc, objects.Time, objects.Time))
	ensure(t, m)
	if m.opened != 1 {
		t.Fatal("noticed without reading: then this test tests nothing")
	}
	if problems, err := Verify(os.Getenv(EnvCache)); err != nil || len(problems) != 1 || problems[0].Path != somePyc[1:] {
		t.Errorf("problems %v, %v", problems, err)
	}
	t.Setenv(EnvVerify, "1")
	check(t, ensure(t, m), m)
}

// What a program writes into its own tree is its business, and no reason to
// unpack again at each start.
func TestAddedFilesStay(t *testing.T) {
	setCache(t, t.TempDir())
	m := sample(20, 1000, 1)
	dir := ensure(t, m)
	must(t, os.WriteFile(dir+"/python/lib/void/cache.nbi", []byte("x"), 0o600))
	ensure(t, m)
	if _, err := os.Stat(dir + "/python/lib/void/cache.nbi"); err != nil || m.opened != 1 {
		t.Errorf("%v; opened %d times", err, m.opened)
	}
}

// A damaged file that two trees share is repaired in each by its own program.
func TestSharedDamage(t *testing.T) {
	setCache(t, t.TempDir())
	a, b := sample(20, 1000, 1), sample(20, 1000, 2)
	dirA, dirB := ensure(t, a), ensure(t, b)
	damage(t, dirA+somePyc)
	check(t, ensure(t, b), b)
	check(t, ensure(t, a), a)
	if inode(t, dirA+somePyc) != inode(t, dirB+somePyc) {
		t.Error("the repaired file is not shared any more")
	}
}

// A stamp of another boot may vouch for files that a power cut took: contents are
// compared once, and then the stamp is good for ever.
func TestAfterReboot(t *testing.T) {
	if bootID() == ([16]byte{}) {
		t.Skip("SKIPPED: this machine does not tell its boots apart")
	}
	setCache(t, t.TempDir())
	m := sample(20, 1000, 1)
	dir := ensure(t, m)
	setBoot(t, dir, [16]byte{1})
	damage(t, dir+somePyc) // as if the blocks had never been written
	must(t, os.Chtimes(dir+somePyc, objects.Time, objects.Time))
	check(t, ensure(t, m), m)
	if s := readStamp(t, dir); s.boot != ([16]byte{}) {
		t.Errorf("the stamp is still good for boot %x only", s.boot)
	}
	opened := m.opened
	ensure(t, m)
	if m.opened != opened {
		t.Error("the next start was not warm")
	}
}

func stampPath(dir string) string {
	return filepath.Join(filepath.Dir(filepath.Dir(dir)), stampsDir, filepath.Base(dir))
}

func readStamp(t *testing.T, dir string) *stamp {
	t.Helper()
	raw, err := os.ReadFile(stampPath(dir))
	must(t, err)
	s, ok := parseStamp(raw)
	if !ok {
		t.Fatal("bad stamp")
	}
	return s.decode()
}

func setBoot(t *testing.T, dir string, boot [16]byte) {
	t.Helper()
	s := readStamp(t, dir)
	s.boot = boot
	must(t, writeStamp(stampPath(dir), s))
}

// Where links fail, trees hold copies, and nothing is kept twice.
func TestWithoutLinks(t *testing.T) {
	link = func(string, string) error { return os.ErrPermission }
	t.Cleanup(func() { link = os.Link })
	setCache(t, t.TempDir())
	m := sample(20, 1000, 1)
	dir := ensure(t, m)
	check(t, dir, m)
	n := 0
	_ = filepath.WalkDir(os.Getenv(EnvCache)+"/onefile/files", func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if n != 0 {
		t.Errorf("files/ holds %d files that no tree shares", n)
	}
	damage(t, dir+somePyc)
	check(t, ensure(t, m), m)
}
