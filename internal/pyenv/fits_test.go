package pyenv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// standIn is an entry that looks like a CPython as far as its name and its platform go:
// no free-threaded one can be had everywhere.
func standIn(t *testing.T, s *store.Store, libDir, version string) *store.Entry {
	t.Helper()
	dir := t.TempDir()
	python := filepath.Join(dir, "python")
	elftest.Write(t, python, elftest.Image{Message: "python\n"})
	module := filepath.Join(dir, "os.py")
	if err := os.WriteFile(module, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := s.Add(t.Context(), store.Draft{
		Entry: store.Entry{Name: "python", Version: version, Kind: store.KindPython, Origin: store.Origin{Kind: "directory"}},
		Sources: map[string]string{
			"python/bin/" + libDir: python, "python/lib/" + libDir + "/os.py": module,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func distribution(t *testing.T, s *store.Store, tags ...string) *store.Entry {
	t.Helper()
	dir := t.TempDir()
	text := "Wheel-Version: 1.0\n"
	for _, tag := range tags {
		text += "Tag: " + tag + "\n"
	}
	d := store.Draft{
		Entry:   store.Entry{Name: "dist", Version: "1", Kind: store.KindDistribution, Origin: store.Origin{Kind: "wheel"}},
		Sources: map[string]string{},
	}
	for name, text := range map[string]string{"WHEEL": text, "METADATA": "Name: dist\nVersion: 1\n"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		d.Sources["site-packages/dist-1.dist-info/"+name] = path
	}
	e, err := s.Add(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestFits: free-threaded builds have distributions of their own, and a directory of
// their own name; their byte code is that of the others.
func TestFits(t *testing.T) {
	s, err := store.Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	regular, threaded := standIn(t, s, "python3.14", "3.14.6"), standIn(t, s, "python3.14t", "3.14.6t")
	if got := source.PythonOf(threaded); got != "python3.14t" || tag(threaded) != "cpython-314" || tag(threaded) != tag(regular) {
		t.Errorf("%s, %s", got, tag(threaded))
	}
	platform := asDist(regular).Platform
	for _, test := range []struct {
		tags   string
		python *store.Entry
		want   bool
	}{
		{"py3-none-any", threaded, true},
		{"cp314-cp314-PLATFORM", regular, true},
		{"cp314-cp314-PLATFORM", threaded, false},
		{"cp314-cp314t-PLATFORM", threaded, true},
		{"cp314-cp314t-PLATFORM", regular, false},
		{"cp313-cp313-PLATFORM cp39-abi3-PLATFORM", regular, true},
		{"cp314-cp314-win_amd64", regular, false},
	} {
		tags := strings.Fields(strings.ReplaceAll(test.tags, "PLATFORM", strings.ReplaceAll(platform, "-", "_")))
		err := Fits(s, test.python, distribution(t, s, tags...))
		if (err == nil) != test.want {
			t.Errorf("%q for %s: %v", tags, test.python.ID(), err)
		}
	}
}

func TestInterpreter(t *testing.T) {
	s, err := store.Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	one, two, dist := standIn(t, s, "python3.14", "3.14.6"), standIn(t, s, "python3.13", "3.13.9"), distribution(t, s, "py3-none-any")
	if e, err := Interpreter([]*store.Entry{dist, one}); e != one || err != nil {
		t.Errorf("%v, %v", e, err)
	}
	if e, err := Interpreter(nil); e != nil || err != nil {
		t.Errorf("%v, %v", e, err)
	}
	for want, entries := range map[string][]*store.Entry{
		"one interpreter, and there are python,3.14.6": {one, two},
		"the environment has no interpreter":           {dist},
	} {
		if _, err := Interpreter(entries); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
