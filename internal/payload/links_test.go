//go:build unix

package payload

import (
	"cmp"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLinksStayInside makes trees of random links for real, those that checkTree takes,
// and follows every link with the kernel's rules.
func TestLinksStayInside(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for n := 0; followed < 500; n++ {
		entries := randomTree(random)
		if checkTree(entries) != nil {
			continue
		}
		root := filepath.Join(base, strconv.Itoa(n))
		makeTree(t, root, entries)
		for _, e := range entries {
			at, err := filepath.EvalSymlinks(filepath.Join(root, e.Path))
			if err != nil {
				continue // leads nowhere, or round in circles
			}
			followed++
			if at != root && !strings.HasPrefix(at, root+"/") {
				t.Fatalf("%s of %+v leads to %s", e.Path, entries, at)
			}
		}
		_ = os.RemoveAll(root)
	}
}

// randomTree returns a few links with short names, close to each other.
func randomTree(random *rand.Rand) []Entry {
	pick := func(depth int, names ...string) string {
		var parts []string
		for range 1 + random.IntN(depth) {
			parts = append(parts, names[random.IntN(len(names))])
		}
		return strings.Join(parts, "/")
	}
	var entries []Entry
	for range 2 + random.IntN(4) {
		entries = append(entries, Entry{
			Path: pick(2, "a", "b", "c"), Mode: linkMode, Target: pick(3, "..", "..", "a", "b", "c"),
		})
	}
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Path, b.Path) })
	return entries
}

func makeTree(t *testing.T, root string, entries []Entry) {
	t.Helper()
	for _, e := range entries {
		name := filepath.Join(root, e.Path)
		err := os.MkdirAll(filepath.Dir(name), 0o700)
		if err == nil {
			err = os.Symlink(e.Target, name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
