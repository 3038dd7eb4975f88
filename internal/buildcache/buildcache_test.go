package buildcache

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/kept"
)

// cache makes one with an analysis, an environment, and a result of a step.
func cache(t *testing.T) (root string, entry func(kind, name string) string) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "cache")
	t.Setenv(cachedir.EnvRoot, root)
	if _, err := cachedir.Root(); err != nil {
		t.Fatal(err)
	}
	entry = func(kind, name string) string { return filepath.Join(root, kind, name) }
	fill(t, entry("analyses", "a"), map[string]string{
		helper.AnalysisFile: `{"plan":{"python":{"version":"3.14.6"},"files":[{},{}],"distributions":[{"name":"numpy","version":"2.5.5"}]}}`,
	})
	fill(t, entry("environments", "e"), map[string]string{
		"pylock.toml": "lock-version = \"1.0\"\ncreated-by = \"uv\"\n[[packages]]\nname = \"six\"\nversion = \"1.17.0\"\n",
		"lib/python3.14/site-packages/six-1.17.0.dist-info/METADATA": "Name: six\nVersion: 1.17.0\n",
		"lib/python3.14/site-packages/six-1.17.0.dist-info/RECORD":   "six.py,sha256=LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ,5\n",
		"lib/python3.14/site-packages/six.py":                        "hello",
	})
	store, err := kept.Open()
	if err == nil {
		err = store.KeepBytes(kept.NewKey("step"), []byte("result"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return root, entry
}

func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	err := cachedir.Ensure(t.Context(), dir, func(work string) error {
		for name, text := range files {
			path := filepath.Join(work, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unused makes everything below paths one of long ago.
func unused(t *testing.T, paths ...string) {
	t.Helper()
	long := time.Now().Add(-100 * time.Hour)
	for _, path := range paths {
		err := filepath.WalkDir(path, func(name string, _ os.DirEntry, err error) error {
			return errors.Join(err, os.Chtimes(name, long, long))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestList(t *testing.T) {
	root, entry := cache(t)
	entries, err := List(root)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range entries {
		said = append(said, e.Kind.What+": "+e.Of)
		if e.Files == 0 || e.Size == 0 || time.Since(e.Used) > time.Hour {
			t.Errorf("%+v", e)
		}
	}
	want := []string{
		"environment: six 1.17.0", "analysis: 2 files; CPython 3.14.6, numpy 2.5.5",
		"results of steps: byte code, libraries, compressed contents, builds",
	}
	if !slices.Equal(said, want) {
		t.Errorf("got %q, want %q", said, want)
	}
	if err := os.RemoveAll(entry("analyses", "a")); err != nil {
		t.Fatal(err)
	}
	if entries, err := List(root); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestVerify(t *testing.T) {
	root, entry := cache(t)
	verify := func() string {
		t.Helper()
		problems, err := Verify(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(problems, "\n")
	}
	if said := verify(); said != "" {
		t.Fatalf("nothing is wrong: %s", said)
	}
	six := filepath.Join(entry("environments", "e"), "lib", "python3.14", "site-packages", "six.py")
	contents, _ := filepath.Glob(filepath.Join(root, kept.DirName, "*", "*-d"))
	for _, path := range []string{six, entry("analyses", filepath.Join("a", helper.AnalysisFile)), contents[0]} {
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("jello"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := verify()
	for _, want := range []string{six + " is not as it was installed", entry("analyses", "a") + " is damaged", contents[0] + " is not as it was kept"} {
		if !strings.Contains(said, want) {
			t.Errorf("said\n%s\nnot %q", said, want)
		}
	}
	if err := os.Remove(six); err != nil {
		t.Fatal(err)
	}
	if said := verify(); !strings.Contains(said, six+" is missing") {
		t.Errorf("said %s", said)
	}
}

func TestTrim(t *testing.T) {
	root, entry := cache(t)
	left := func() (names []string) {
		entries, err := List(root)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Kind.Name)
		}
		return names
	}
	trim := func() Removed {
		t.Helper()
		r, err := Trim(t.Context(), root, 24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := trim(); r != (Removed{}) || len(left()) != 3 {
		t.Errorf("everything was used today: %+v, left %v", r, left())
	}
	// A killed build left one that is half made; one step is old, another is not.
	work := entry("analyses", ".x.work-1")
	if err := os.Mkdir(work, 0o700); err != nil {
		t.Fatal(err)
	}
	unused(t, filepath.Join(root, kept.DirName), filepath.Join(root, "analyses"))
	store, err := kept.Open()
	if err == nil {
		err = store.KeepBytes(kept.NewKey("another"), []byte("young"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := trim(); r.Entries != 1 || r.Bytes <= int64(len("result")) {
		t.Errorf("removed %+v", r)
	}
	if got := left(); !slices.Equal(got, []string{"environments", kept.DirName}) {
		t.Errorf("left %v", got)
	}
	if _, err := os.Stat(work); !os.IsNotExist(err) {
		t.Errorf("what a killed build left is there: %v", err)
	}
	if _, ok := store.Bytes(kept.NewKey("step")); ok {
		t.Error("an old result is there")
	}
	if _, ok := store.Bytes(kept.NewKey("another")); !ok {
		t.Error("a young result is gone")
	}
}

// Nothing is removed while a build is running.
func TestClearWaitsForBuilds(t *testing.T) {
	root, entry := cache(t)
	release, err := cachedir.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Clear(ctx, root); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v while a build is running", err)
	}
	if _, err := os.Stat(entry("analyses", "a")); err != nil {
		t.Error(err)
	}
	release()
	if r, err := Clear(t.Context(), root); err != nil || r.Entries != 3 || r.Bytes == 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if entries, err := List(root); err != nil || len(entries) != 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}
