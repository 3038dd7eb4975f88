package helper

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/kept/kepttest"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// linking is a request with a library that has to be changed: it names a path.
func linking(t *testing.T) LinkRequest {
	t.Helper()
	dist := managed(t)
	library := filepath.Join(t.TempDir(), dist.SONAME)
	data, err := os.ReadFile(dist.LibPython)
	if err == nil {
		// What follows the sections is as good a place as any for a path.
		err = os.WriteFile(library, append(data, "\x00/home/me/python\x00 version"...), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return LinkRequest{
		Files: []LinkFile{{"lib/" + dist.SONAME, library}}, Output: t.TempDir(),
		Neutral: []Neutral{{"/home/me/python", "/install"}},
	}
}

// The same files are made to find one another once; where they were written does not
// matter any more then. Whatever of the request, the files or the machine changes is
// seen.
func TestLinkingIsKept(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what Mach-O files find on the machine is not known")
	}
	req := linking(t)
	link := func(want bool) *Linked {
		t.Helper()
		rep := &recorder{}
		req.Output = t.TempDir()
		linked, err := open(t, rep).LinkOnce(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if did := strings.Contains(rep.String(), "phase check"); did != want {
			t.Errorf("linked: %v, want %v", did, want)
		}
		return linked
	}
	first := link(true)
	if !first.Files[0].Patched || strings.HasPrefix(first.Files[0].Source, req.Output) {
		t.Fatalf("%+v is not a changed file in the cache", first.Files[0])
	}
	if err := os.RemoveAll(req.Output); err != nil {
		t.Fatal(err)
	}
	second := link(false)
	if second.Files[0].Source != first.Files[0].Source {
		t.Errorf("%s, and then %s", first.Files[0].Source, second.Files[0].Source)
	}
	sum, err := objects.HexOfFile(first.Files[0].Source)
	if err != nil || first.Files[0].SHA256 != sum || second.Files[0].SHA256 != sum {
		t.Errorf("sums %q, %q, want %q, %v", first.Files[0].SHA256, second.Files[0].SHA256, sum, err)
	}

	// The library at another content, size and time as they were.
	library := req.Files[0].Source
	info, err := os.Stat(library)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(library)
	if err != nil {
		t.Fatal(err)
	}
	copy(data[len(data)-8:], "12345678")
	if err := os.WriteFile(library, data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(library, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	link(true)

	// A damaged result is no result.
	for _, f := range link(false).Files {
		if err := os.Chmod(f.Source, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(f.Source, 100); err != nil {
			t.Fatal(err)
		}
	}
	link(true)
}

// TestLinkingLooksAtTheMachine: a library that was not there and is now, at a place that
// is looked at, changes what is found.
func TestLinkingLooksAtTheMachine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what Mach-O files find on the machine is not known")
	}
	dir := t.TempDir()
	req := linking(t)
	linked, err := open(t, &recorder{}).LinkOnce(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	key, _, err := linkKey(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if len(linked.Looked) == 0 {
		t.Fatal("nothing was looked at")
	}
	place := filepath.Join(dir, "libx.so")
	linked.Looked = append(linked.Looked, dir, place)
	store := openStore(t)
	if err := keepLinked(store, key, linked); err != nil {
		t.Fatal(err)
	}
	if findLinked(store, key) == nil {
		t.Fatal("nothing changed, and the result is not found")
	}
	write(t, dir, "libx.so", "a library")
	if findLinked(store, key) != nil {
		t.Error("a library appeared, and the result is found")
	}
}

func TestLinkKeys(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "ax"} {
		write(t, dir, name, "the same")
	}
	base := LinkRequest{
		Files:   []LinkFile{{"lib/a", filepath.Join(dir, "a")}},
		Neutral: []Neutral{{"/a", "/b"}},
	}
	key := func(req LinkRequest) string {
		k, _, err := linkKey(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return string(k[:])
	}
	kepttest.EveryFieldCounts(t, base, key, "Output", "Survey")
	before := key(base)
	write(t, dir, "a", "the sane")
	if key(base) == before {
		t.Error("the key does not depend on contents")
	}
}
