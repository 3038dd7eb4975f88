package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Twenty processes add at once, four of them the same each, while others collect
// garbage: every entry is there and right, and each content is there once.
func TestConcurrentAdds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var sources []string
	for i := range 5 {
		sources = append(sources, sourceFiles(t, 20, fmt.Sprint(i)))
	}
	ids := make([]string, 20)
	errs := make([]error, len(ids)+4)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			cmd := command("add", dir, 0, sources[i%5], "1", fmt.Sprintf("user/%d", i))
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if fields := strings.Fields(string(out)); err == nil && len(fields) == 2 {
				ids[i] = fields[1]
			} else {
				errs[i] = fmt.Errorf("%w: %s", err, stderr.String())
			}
		})
	}
	for i := range 4 {
		wg.Go(func() { errs[len(ids)+i] = command("gc", dir, 0).Run() })
	}
	wg.Wait()
	for _, err := range errs {
		must(t, err)
	}
	for i, id := range ids {
		if id != ids[i%5] {
			t.Errorf("the same draft became %s and %s", id, ids[i%5])
		}
	}
	s := openAt(t, dir)
	sound(t, s)
	entries, err := s.Entries()
	must(t, err)
	if n := count(t, s.path(objectsDir)); len(entries) != 5 || n != 10+5*10 {
		t.Errorf("%d entries, %d objects", len(entries), n)
	}
	roots, err := s.Roots()
	if err != nil || len(roots) != 20 || !slices.Equal(roots["user/7"], []string{ids[2]}) {
		t.Errorf("roots %v, %v", roots, err)
	}
}

// What a living process added stays, rooted or not; when it is gone it goes.
func TestHoldOfALivingProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	one, other := openAt(t, dir), openAt(t, dir)
	e := add(t, one, data(t, "words", "1", "share/a"))
	if r, err := other.GC(t.Context(), false); err != nil || len(r.Entries) != 0 {
		t.Errorf("removed %v, %v", r, err)
	}
	if err := other.Remove(t.Context(), e.ID(), "added"); err == nil || !strings.Contains(err.Error(), "a running process") {
		t.Errorf("removed from under another process: %v", err)
	}
	must(t, one.Close())
	r, err := other.GC(t.Context(), true)
	if err != nil || len(r.Entries) != 1 {
		t.Errorf("would remove %v, %v", r, err)
	}
	r, err = other.GC(t.Context(), false)
	if err != nil || len(r.Entries) != 1 || r.Bytes != e.Size {
		t.Errorf("removed %v, %v", r, err)
	}
	if n := count(t, other.path(objectsDir)); n != 0 {
		t.Errorf("%d objects", n)
	}
	if err := other.Root("env", []string{e.ID()}); err == nil {
		t.Error("an entry that is gone was rooted")
	}
}

// GC keeps what a root leads to.
func TestGCFollowsWhatIsResolved(t *testing.T) {
	s := open(t)
	e := family(t, s)
	other := add(t, s, data(t, "words", "1", "share/a"))
	must(t, s.Root("an env/of mine", []string{e.ID()}))
	must(t, s.Close())
	r, err := s.GC(t.Context(), false)
	if err != nil || !slices.Equal(r.Entries, []string{other.ID()}) {
		t.Errorf("removed %v, %v", r, err)
	}
	if closure, err := s.Closure(e); err != nil || len(closure) != 3 {
		t.Errorf("closure %v, %v", closure, err)
	}
	must(t, s.Unroot("an env/of mine"))
	if r, err = s.GC(t.Context(), false); err != nil || len(r.Entries) != 3 {
		t.Errorf("removed %v, %v", r, err)
	}
	if n := count(t, s.path(objectsDir)) + count(t, s.path(entriesDir)) + count(t, s.path(rootsDir)); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestRemove(t *testing.T) {
	s := open(t)
	e := family(t, s)
	library := e.Resolved["libfoo.so.1"]
	must(t, s.AddToRoot("added", e.ID(), library))
	err := s.Remove(t.Context(), library, "added")
	if err == nil || !strings.Contains(err.Error(), "is needed by added") {
		t.Errorf("a library was removed from under a program: %v", err)
	}
	must(t, s.Remove(t.Context(), e.ID(), "added"))
	must(t, s.Root("env", []string{library}))
	err = s.Remove(t.Context(), library, "added")
	if err == nil || !strings.Contains(err.Error(), "is needed by env") {
		t.Errorf("removed from under an environment: %v", err)
	}
	roots, err := s.Roots()
	if err != nil || !slices.Equal(roots["added"], []string{library}) {
		t.Errorf("roots %v, %v", roots, err)
	}
	sound(t, s)
}

// Who waits for the lock can give up.
func TestWaitEndsWithTheContext(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	one, other := openAt(t, dir), openAt(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	err := one.locked(ctx, func() error {
		cancel()
		_, err := other.GC(ctx, false)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
}

// A store that someone else could have prepared is refused.
func TestOpenRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	must(t, os.Mkdir(dir, 0o700))
	must(t, os.Chmod(dir, 0o777))
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "others may write") || !strings.Contains(err.Error(), EnvDir) {
		t.Errorf("got %v", err)
	}
}

func TestDir(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for want, vars := range map[string][2]string{
		"/data":                         {"/data", "/xdg"},
		"/xdg/llgo-py":                  {"", "/xdg"},
		"/home/me/.local/share/llgo-py": {"", "relative"},
	} {
		t.Setenv(EnvDir, vars[0])
		t.Setenv("XDG_DATA_HOME", vars[1])
		if got, err := Dir(); err != nil || got != want {
			t.Errorf("%v: %s, %v", vars, got, err)
		}
	}
	t.Setenv(EnvDir, "relative")
	if got, err := Dir(); err == nil {
		t.Errorf("a relative path gives %s", got)
	}
}
