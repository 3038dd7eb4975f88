package helper

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/kept/kepttest"
)

// What an analysis reads because of its options is part of its name; who says so,
// and what no module is in, is not.
func TestOptionsState(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	module, hook := file("py/own/__init__.py", "import json"), file("hooks/hook-own.py", "")
	rthooks, native := file("hooks/rthooks.dat", "{}"), file("py/own/x.so", "\x7fELF")
	data, first := file("logo.png", "png"), file("first.py", "")
	options := AnalyzeOptions{
		Paths: []string{filepath.Join(dir, "py")}, HookDirs: []string{filepath.Join(dir, "hooks")}, RuntimeHooks: []string{first},
		Additions: []Addition{{Source: data, Dest: "."}}, Excludes: []Module{{"a", []string{"--py-exclude-module"}}},
		Collect: []Collect{{CollectAll, "own", "--py-collect-all"}},
	}
	state := func() string {
		t.Helper()
		s, err := options.state(nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := state()
	same := func(what string) {
		t.Helper()
		if state() != before {
			t.Errorf("%s makes it another analysis", what)
		}
	}
	other := func(what string) {
		t.Helper()
		now := state()
		if now == before {
			t.Errorf("%s is not noticed", what)
		}
		before = now
	}
	same("nothing")
	file("py/own/__pycache__/own.pyc", "code")
	file("py/.git/config", "[core]")
	if err := os.Symlink("nowhere", filepath.Join(dir, "py", "broken")); err != nil {
		t.Fatal(err)
	}
	same("byte code, a hidden directory, a link to nothing")
	long := time.Unix(1, 0)
	if err := os.Chtimes(module, long, long); err != nil {
		t.Fatal(err)
	}
	same("another time of a module")
	options.Collect[0].Origin, options.Excludes[0].Positions = "pyproject.toml:4", nil
	same("who says so")
	for _, path := range []string{module, hook, rthooks, first} {
		file(mustRel(t, dir, path), "other, and longer")
		other(path)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		file(mustRel(t, dir, path), "another, as long.")
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		other(path + " at the same size and time")
	}
	file(mustRel(t, dir, native), "\x7fELF and more")
	other(native)
	file(mustRel(t, dir, data), "other, and longer")
	same("what is in a file that only travels")
	file(mustRel(t, dir, data), "\x7fELF")
	other("a native file where there was none")
	file("py/new.py", "")
	other("a new module")
	options.Collect[0].What = CollectData
	other("what is collected")
	options.Everything = true
	other("everything")
}

func mustRel(t *testing.T, dir, path string) string {
	t.Helper()
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// Every option counts, but for who says so.
func TestOptionsKeys(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a", "a")
	write(t, dir, "ax", "ax")
	for _, name := range []string{"d", "dx"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	a, d := filepath.Join(dir, "a"), filepath.Join(dir, "d")
	base := AnalyzeOptions{
		Paths: []string{d}, HookDirs: []string{d}, RuntimeHooks: []string{a},
		Excludes: []Module{{"m", []string{"flag"}}}, Collect: []Collect{{CollectData, "c", "flag"}}, Additions: []Addition{{Source: a}},
	}
	kepttest.EveryFieldCounts(t, base, func(o AnalyzeOptions) string {
		s, err := o.state(nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, "Excludes[].Positions", "Excludes[].Positions[]", "Collect[].Origin")
}
