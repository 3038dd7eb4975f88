package bundle

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerify changes a tree in every way there is a word for.
func TestVerify(t *testing.T) {
	const lib = "python/lib/python3.14/"
	for want, change := range map[string]func(dir string) error{
		"[]": func(string) error { return nil },
		// Where empty directories are not kept.
		"[] ": func(dir string) error {
			_ = os.Remove(filepath.Join(dir, lib, "lib-dynload"))
			return os.Symlink(DynloadLink, filepath.Join(dir, lib, "lib-dynload"))
		},
		"[" + lib + "lib-dynload: added]": func(dir string) error {
			_ = os.Remove(filepath.Join(dir, lib, "lib-dynload"))
			return os.Symlink("/tmp", filepath.Join(dir, lib, "lib-dynload"))
		},
		"[app: missing]": func(dir string) error {
			return os.Remove(filepath.Join(dir, "app"))
		},
		"[" + lib + "os.pyc: changed (size 1, not 10)]": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, lib, "os.pyc"), []byte("x"), 0o644)
		},
		"[" + lib + "os.pyc: changed (other content)]": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, lib, "os.pyc"), []byte("0123456789"), 0o644)
		},
		"[" + lib + "os.pyc: changed (mode 0755, not 0644)]": func(dir string) error {
			return os.Chmod(filepath.Join(dir, lib, "os.pyc"), 0o755)
		},
		"[app: changed (runs with the rights of its owner or group)]": func(dir string) error {
			return os.Chmod(filepath.Join(dir, "app"), 0o755|fs.ModeSetuid)
		},
		"[python/bin/python: changed (link to \"/usr/bin/python3\", not \"python3.14\")]": func(dir string) error {
			_ = os.Remove(filepath.Join(dir, "python/bin/python"))
			return os.Symlink("/usr/bin/python3", filepath.Join(dir, "python/bin/python"))
		},
		"[python/bin/python: changed (not a link)]": func(dir string) error {
			_ = os.Remove(filepath.Join(dir, "python/bin/python"))
			return os.Mkdir(filepath.Join(dir, "python/bin/python"), 0o755)
		},
		"[" + lib + "version: changed (not a regular file)]": func(dir string) error {
			_ = os.Remove(filepath.Join(dir, lib, "version"))
			return os.Symlink("os.pyc", filepath.Join(dir, lib, "version"))
		},
		"[" + lib + "a b.py: added python/libx: added]": func(dir string) error {
			_ = os.WriteFile(filepath.Join(dir, lib, "a b.py"), nil, 0o644)
			return os.Symlink("lib", filepath.Join(dir, "python/libx"))
		},
		"[python/bin/python: missing python/bin/python3: missing python/bin/python3.14: missing]": func(dir string) error {
			return os.RemoveAll(filepath.Join(dir, "python/bin"))
		},
	} {
		dir := t.TempDir()
		build(t, sample(t, "1"), Options{Dir: dir})
		if err := change(dir); err != nil {
			t.Fatal(err)
		}
		problems, err := Verify(context.Background(), dir)
		if got := fmt.Sprint(problems); got != strings.TrimSpace(want) || err != nil {
			t.Errorf("got %s, %v\nwant %s", got, err, want)
		}
	}
}

// TestMoved: a tree that was copied with other permissions, and has files of the
// user's beside it, is as it was.
func TestMoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	build(t, sample(t, "1"), Options{Dir: dir})
	moved := filepath.Join(t.TempDir(), "b")
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(moved, "notes"), "", 0o644)
	if err := os.Chmod(filepath.Join(moved, "app"), 0o700); err != nil {
		t.Fatal(err)
	}
	wantVersion(t, moved, "1")
}

func TestVerifyWithoutManifest(t *testing.T) {
	if problems, err := Verify(context.Background(), t.TempDir()); !isMissing(err) || problems != nil {
		t.Errorf("%v, %v", problems, err)
	}
}
