package env

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// A generation that is damaged is made anew, even if it would be equal: a repaired
// object is another file than the one that older links are names of.
func TestDamagedGenerationIsMadeAnew(t *testing.T) {
	f := newFixture(t)
	files := tree{"share/doc/demo/manual.html": "right", "share/doc/demo/other.html": "other", "share/doc/demo/link": "-> other.html"}
	e := f.add(store.KindData, "demo", "1", files)
	f.create("demo", "demo")
	upgrade := func(want bool) {
		t.Helper()
		if _, changed, err := f.set.Upgrade(context.Background(), "demo"); err != nil || changed != want {
			t.Fatalf("changed %v, %v; want %v", changed, err, want)
		}
	}
	upgrade(false)
	manual := filepath.Join(f.set.Home("demo"), "share", "doc", "demo", "manual.html")
	object := f.store.Object(e.File("share/doc/demo/manual.html").Object, false)
	must(t, os.Chmod(object, 0o600))
	must(t, os.WriteFile(object, []byte("wrong"), 0o600))
	f.holds(manual, "wrong")
	f.add(store.KindData, "demo", "1", files) // repairs the object
	f.holds(object, "right")
	upgrade(true)
	f.holds(manual, "right")
	upgrade(false)

	must(t, os.Remove(filepath.Join(f.set.Home("demo"), "share", "doc", "demo", "link")))
	upgrade(true)
	f.holds(filepath.Join(f.set.Home("demo"), "share", "doc", "demo", "link"), "other")
	upgrade(false)
}
