package store

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Real files in great number: a CPython with its extension modules, and numpy. All
// native files of an entry are copied into one directory, and the real loader is asked,
// for each, where it finds what it needs: there, or on every machine.
func TestRealEntriesCopiedIntoOneDirectory(t *testing.T) {
	dist, err := pydist.Managed(t.Context(), progress.Discard, pydist.Default)
	must(t, err)
	trees := map[string]string{"python": dist.BasePrefix}
	if python := os.Getenv("LLGO_PY_TEST_NUMPY"); python != "" {
		out, err := exec.Command(python, "-I", "-c", "import sysconfig; print(sysconfig.get_path('platlib'))").Output()
		must(t, err)
		trees["site-packages"] = strings.TrimSpace(string(out))
	} else {
		t.Log("LLGO_PY_TEST_NUMPY is not set: without numpy")
	}
	s := open(t)
	for at, dir := range trees {
		t.Run(at, func(t *testing.T) {
			d := Draft{
				Entry:   Entry{Name: at, Version: "1", Kind: KindPython, Origin: Origin{Kind: "directory"}},
				Sources: nativesBelow(t, dir, at),
			}
			if len(d.Sources) < 15 {
				t.Fatalf("only %d native files below %s", len(d.Sources), dir)
			}
			e := add(t, s, d)
			flat := t.TempDir()
			for _, f := range e.Files {
				copyTo(t, filepath.Join(s.Tree(e), f.Path), filepath.Join(flat, filepath.Base(f.Path)))
			}
			resolvesIn(t, e, flat)
		})
	}
}

// nativesBelow are the native files of a directory, to lie at a place of an entry. Of
// two files of one name, which one directory cannot have, the first is taken.
func nativesBelow(t *testing.T, dir, at string) map[string]string {
	t.Helper()
	sources, seen := map[string]string{}, map[string]bool{}
	must(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || seen[d.Name()] {
			return err
		}
		n, err := ReadNative(name)
		if err != nil || n == nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		sources[filepath.ToSlash(filepath.Join(at, rel))] = name
		seen[d.Name()] = true
		return err
	}))
	return sources
}

// resolvesIn asks the loader of the machine about each native file of an entry that was
// copied into a directory.
func resolvesIn(t *testing.T, e *Entry, flat string) {
	t.Helper()
	p, err := policy.Load()
	must(t, err)
	own := e.libraries()
	unresolved, err := e.Unresolved() // numpy's libstdc++ is the machine's
	must(t, err)
	inside := 0
	for _, f := range e.Files {
		cmd := exec.Command(loader(t, e), "--list", filepath.Join(flat, filepath.Base(f.Path)))
		cmd.Env = []string{}
		out, err := cmd.CombinedOutput()
		must(t, err)
		for _, name := range f.Native.Needed {
			_, found, _ := strings.Cut(string(out), "\t"+name+" => ")
			found, _, _ = strings.Cut(found, " (0x")
			switch {
			case own[name] != "":
				inside++
				if found != filepath.Join(flat, filepath.Base(own[name])) {
					t.Errorf("%s finds %s at %q", f.Path, name, found)
				}
			case !p.IsSystem(name, "linux") && !slices.Contains(unresolved, name):
				t.Errorf("%s needs %s, and the entry does not tell", f.Path, name)
			}
		}
		if f.Original == "" {
			t.Errorf("%s was not changed", f.Path)
		}
	}
	if inside == 0 {
		t.Error("no file needs another of the entry")
	}
}

// loader is what starts programs of this machine.
func loader(t *testing.T, e *Entry) string {
	t.Helper()
	for _, name := range []string{"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"} {
		if _, err := os.Stat(name); err == nil && e.Platform == ThisPlatform() {
			return name
		}
	}
	t.Skip("no loader of glibc on this machine")
	return ""
}
