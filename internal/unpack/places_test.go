//go:build linux || darwin

package unpack

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// stranger is a user that is not this one; only root can give files to it.
const stranger = 65534

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can make files of other users")
	}
}

func TestPlacesInOrder(t *testing.T) {
	setLastResorts(t, "/shared", "/opt/app/program")
	shared := "/shared/llgo-py-" + strconv.Itoa(os.Geteuid())
	tests := []struct {
		cache, xdg, home string
		elevated         bool
		want             string
	}{
		{"/c", "/x", "/h", false, "/c /x/llgo-py " + shared + " /opt/app/.llgo-py"},
		{"", "/x", "/h", false, "/x/llgo-py " + shared + " /opt/app/.llgo-py"},
		{"", "", "/h", false, "/h/.cache/llgo-py " + shared + " /opt/app/.llgo-py"},
		{"", "relative", "/h", false, "/h/.cache/llgo-py " + shared + " /opt/app/.llgo-py"},
		{"relative", "", "", false, "relative! " + shared + " /opt/app/.llgo-py"},
		{"", "", "", false, shared + " /opt/app/.llgo-py"},
		{"/c", "/x", "/h", true, shared},
	}
	for _, test := range tests {
		t.Setenv(EnvCache, test.cache)
		t.Setenv("XDG_CACHE_HOME", test.xdg)
		t.Setenv("HOME", test.home)
		var got []string
		for _, p := range places(&trust{elevated: test.elevated}) {
			if p.problem != "" {
				p.dir += "!"
			}
			got = append(got, p.dir)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

// Without any variable, as a service: the shared directory, and if that cannot be
// used the program's own.
func TestLastResorts(t *testing.T) {
	setCache(t, "")
	shared, own := t.TempDir(), t.TempDir()
	must(t, os.Chmod(shared, os.ModeSticky|0o777))
	setLastResorts(t, shared, own+"/program")
	m := sample(5, 100, 1)
	dir, err := Ensure(m.id(), m.open)
	if want := filepath.Join(shared, "llgo-py-"+strconv.Itoa(os.Geteuid())); err != nil || !strings.HasPrefix(dir, want+"/") {
		t.Errorf("%s, %v", dir, err)
	}
	setLastResorts(t, "/proc", own+"/program")
	dir, err = Ensure(m.id(), m.open)
	if err != nil || !strings.HasPrefix(dir, own+"/.llgo-py/") {
		t.Errorf("%s, %v", dir, err)
	}
}

// Directories that others could have prepared, or could change, are refused with a
// line that says what is wrong with which, and what to do.
func TestUntrustedPlaces(t *testing.T) {
	tests := []struct {
		name    string
		root    bool
		prepare func(t *testing.T, base string) (cache string)
		reason  string
	}{
		{"world-writable", false, func(t *testing.T, base string) string {
			return mkdirMode(t, base+"/cache", 0o777)
		}, "/cache can be written to by others (mode 0777)"},
		{"sticky and world-writable", false, func(t *testing.T, base string) string {
			return mkdirMode(t, base+"/cache", os.ModeSticky|0o777)
		}, "/cache can be written to by others (mode 01777)"},
		{"group-writable", false, func(t *testing.T, base string) string {
			return mkdirMode(t, base+"/cache", 0o770)
		}, "/cache can be written to by others (mode 0770)"},
		{"below a world-writable directory", false, func(t *testing.T, base string) string {
			return mkdirMode(t, mkdirMode(t, base+"/open", 0o777)+"/cache", 0o700)
		}, "/open can be written to by others (mode 0777)"},
		{"a world-writable directory inside", false, func(t *testing.T, base string) string {
			mkdirMode(t, mkdirMode(t, mkdirMode(t, base+"/cache", 0o700)+"/onefile", 0o700)+"/trees", 0o777)
			return base + "/cache"
		}, "/trees can be written to by others (mode 0777)"},
		{"a file", false, func(t *testing.T, base string) string {
			must(t, os.WriteFile(base+"/cache", nil, 0o600))
			return base + "/cache"
		}, "/cache is not a directory"},
		{"a link to nowhere", false, func(t *testing.T, base string) string {
			must(t, os.Symlink("cache", base+"/cache"))
			return base + "/cache"
		}, "has too many symbolic links"},
		{"relative", false, func(*testing.T, string) string { return "cache" },
			"LLGO_PY_CACHE must be an absolute path"},
		{"someone else's", true, func(t *testing.T, base string) string {
			cache := mkdirMode(t, base+"/cache", 0o700)
			must(t, os.Chown(cache, stranger, stranger))
			return cache
		}, "/cache belongs to user 65534, not to you (user 0)"},
		{"below someone else's", true, func(t *testing.T, base string) string {
			must(t, os.Chown(mkdirMode(t, base+"/home", 0o755), stranger, stranger))
			return base + "/home/cache"
		}, "/home belongs to user 65534, not to you (user 0)"},
		{"someone else's link", true, func(t *testing.T, base string) string {
			mkdirMode(t, base+"/real", 0o700)
			must(t, os.Symlink("real", base+"/cache"))
			must(t, os.Lchown(base+"/cache", stranger, stranger))
			return base + "/cache"
		}, "/cache belongs to user 65534, not to you (user 0)"},
		{"someone else's folder inside", true, func(t *testing.T, base string) string {
			mkdirMode(t, base+"/cache", 0o700)
			must(t, os.Chown(mkdirMode(t, base+"/cache/onefile", 0o700), stranger, stranger))
			return base + "/cache"
		}, "/onefile belongs to user 65534, not to you (user 0)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.root {
				needRoot(t)
			}
			setCache(t, test.prepare(t, t.TempDir()))
			m := sample(5, 100, 1)
			_, err := Ensure(m.id(), m.open)
			var none *NoCacheError
			if !errors.As(err, &none) {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(err.Error(), test.reason) ||
				!strings.HasSuffix(err.Error(), "; set LLGO_PY_CACHE to a directory of yours, on a file system that programs may run from") {
				t.Errorf("error %v", err)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
		})
	}
}

func mkdirMode(t *testing.T, path string, mode os.FileMode) string {
	t.Helper()
	must(t, os.Mkdir(path, 0o700))
	must(t, os.Chmod(path, mode))
	return path
}

// Links of the user's own lead where he wants them to.
func TestOwnLinkToCache(t *testing.T) {
	base := t.TempDir()
	mkdirMode(t, base+"/big", 0o700)
	must(t, os.Symlink("./../"+filepath.Base(base)+"/big", base+"/home"))
	setCache(t, base+"/home/cache")
	m := sample(5, 100, 1)
	dir, err := Ensure(m.id(), m.open)
	if err != nil || !strings.HasPrefix(dir, base+"/big/cache/") {
		t.Errorf("%s, %v", dir, err)
	}
}

// A link planted at any name that can be foretold leads nobody anywhere: the cache
// is refused, or the link replaced, and what it leads to is as it was.
func TestPlantedLinks(t *testing.T) {
	m := sample(5, 100, 1)
	id := treeName(m.id())
	content := stored("onefile", &m.entries[2])
	for _, name := range []string{
		"onefile", "onefile/trees", "onefile/stamps", "onefile/sums", "onefile/files", "onefile/work", "onefile/lock",
		"onefile/trees/" + id, "onefile/stamps/" + id, "onefile/sums/" + id, "onefile/work/trimmed-" + id, "onefile/trimmed",
		"onefile/README", "onefile/CACHEDIR.TAG", content, filepath.Dir(content),
	} {
		for _, kind := range []string{"file", "directory", "nothing"} {
			t.Run(name+" to "+kind, func(t *testing.T) {
				base := t.TempDir()
				setCache(t, base+"/cache")
				victim := base + "/victim"
				switch kind {
				case "file":
					must(t, os.WriteFile(victim, []byte("precious"), 0o600))
				case "directory":
					mkdirMode(t, victim, 0o700)
					must(t, os.WriteFile(victim+"/file", []byte("precious"), 0o600))
				}
				must(t, os.MkdirAll(filepath.Dir(base+"/cache/"+name), 0o700))
				must(t, os.Symlink(victim, base+"/cache/"+name))
				dir, err := Ensure(m.id(), m.open)
				if err == nil {
					check(t, dir, m)
				}
				unharmed(t, victim, kind)
			})
		}
	}
}

func unharmed(t *testing.T, victim, kind string) {
	t.Helper()
	entries, err := os.ReadDir(victim)
	text, _ := os.ReadFile(victim + "/file")
	if kind == "file" {
		text, err = os.ReadFile(victim)
	}
	switch {
	case kind == "nothing" && !errors.Is(err, os.ErrNotExist):
		t.Errorf("something was made where the link led: %v", err)
	case kind != "nothing" && (err != nil || string(text) != "precious"):
		t.Errorf("what the link led to was changed: %q, %v", text, err)
	case kind == "directory" && len(entries) != 1:
		t.Errorf("the directory that the link led to holds %v", entries)
	}
}
