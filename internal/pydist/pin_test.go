package pydist

import (
	"os"
	"path/filepath"
	"testing"
)

// plain is a distribution of a few files.
func plain(t *testing.T) *Dist {
	t.Helper()
	dir := t.TempDir()
	d := &Dist{
		Prefix: dir, Stdlib: filepath.Join(dir, "lib", "python3.14"), PlatStdlib: filepath.Join(dir, "lib", "python3.14"),
		SitePackages: []string{filepath.Join(dir, "site-packages"), filepath.Join(dir, "gone")}, Identity: "interpreter",
	}
	for _, name := range []string{"os.py", "json/__init__.py", "site-packages/unused.py", "libpython.a", "__pycache__/os.pyc"} {
		put(t, filepath.Join(d.Stdlib, name), "x = 1")
	}
	put(t, filepath.Join(d.SitePackages[0], "six.py"), "x = 1")
	return d
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func pin(t *testing.T, d *Dist) *Dist {
	t.Helper()
	pinned, err := d.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return pinned
}

// Whatever can be imported counts, at the same size and time too; what cannot does not.
func TestPin(t *testing.T) {
	for what, c := range map[string]struct {
		path string
		text string
		same bool
	}{
		"a module edited":              {"site-packages/six.py", "x = 2", false},
		"a module of the library":      {"lib/python3.14/json/__init__.py", "x = 2", false},
		"a new module":                 {"site-packages/seven.py", "", false},
		"a directory that was missing": {"gone/a.py", "", false},
		"byte code":                    {"site-packages/__pycache__/six.pyc", "", true},
		"an archive":                   {"lib/python3.14/libpython.a", "x = 2", true},
		"packages of another path":     {"lib/python3.14/site-packages/unused.py", "x = 2", true},
	} {
		t.Run(what, func(t *testing.T) {
			d := plain(t)
			before := pin(t, d)
			if !before.Pinned || before.Identity == d.Identity {
				t.Fatalf("%+v is not pinned", before)
			}
			if same, err := before.Same(t.Context()); err != nil || !same {
				t.Fatalf("%v, %v before anything changed", same, err)
			}
			path := filepath.Join(d.Prefix, c.path)
			info, err := os.Stat(path)
			put(t, path, c.text)
			if err == nil {
				if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
					t.Fatal(err)
				}
			}
			if same, err := before.Same(t.Context()); err != nil || same != c.same {
				t.Errorf("the same: %v, %v", same, err)
			}
			if after := pin(t, d); (after.Identity == before.Identity) != c.same {
				t.Errorf("%s and %s", before.Identity, after.Identity)
			}
		})
	}
}

// What has more than its directories tell is not pinned.
func TestNotAllIsKnown(t *testing.T) {
	d := plain(t)
	if err := os.Symlink(t.TempDir(), filepath.Join(d.SitePackages[0], "linked")); err != nil {
		t.Fatal(err)
	}
	if pinned := pin(t, d); pinned.Pinned || pinned.Identity != d.Identity {
		t.Errorf("a link to a directory: %+v", pinned)
	}
	d = plain(t)
	put(t, filepath.Join(d.SitePackages[0], "__editable___own_finder.py"), "MAPPING = {}")
	if pinned := pin(t, d); pinned.Pinned {
		t.Errorf("an editable installation: %+v", pinned)
	}
	if same, err := d.Same(t.Context()); err != nil || same {
		t.Errorf("one that is not pinned is the same: %v, %v", same, err)
	}
}

// A managed distribution is what it is.
func TestManagedNeedsNoPin(t *testing.T) {
	d := plain(t)
	d.Managed = true
	if pinned := pin(t, d); pinned != d {
		t.Errorf("%+v", pinned)
	}
	if same, err := d.Same(t.Context()); err != nil || !same {
		t.Errorf("%v, %v", same, err)
	}
}
