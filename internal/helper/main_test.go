package helper

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir/cachetest"
	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

func TestMain(m *testing.M) { cachetest.Main(m) }

func managed(t *testing.T) *pydist.Dist {
	t.Helper()
	dist, err := pydist.Managed(t.Context(), progress.Discard, pydist.Default)
	if err != nil {
		t.Fatal(err)
	}
	return dist
}

func open(t *testing.T, rep progress.Reporter) *Helper {
	t.Helper()
	h, err := Open(t.Context(), rep)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// pyenv returns an interpreter of a pyenv installation of the given minor
// version, and skips the test where there is none.
func pyenv(t *testing.T, minor string) *pydist.Dist {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip(err)
	}
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", minor+".*", "bin", "python"))
	if len(found) == 0 {
		t.Skipf("no Python %s under ~/.pyenv", minor)
	}
	dist, err := pydist.FromInterpreter(t.Context(), found[0])
	if err != nil {
		t.Fatal(err)
	}
	return dist
}

// recorder is a Reporter that remembers what it is told, one line each.
type recorder struct {
	mu    sync.Mutex
	lines []string
}

func (r *recorder) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *recorder) Phase(name string, total int) progress.Task {
	r.add("phase %s of %d", name, total)
	return r
}
func (r *recorder) Step(done int, text string) { r.add("step %d %s", done, text) }
func (r *recorder) Done()                      { r.add("done") }
func (r *recorder) Warn(text string)           { r.add("warn %s", text) }
func (r *recorder) Note(text string)           { r.add("note %s", text) }

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

// oneLineError checks that err is there, one line, and says every part.
func oneLineError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %q", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

// openStore opens the store of build steps.
func openStore(t *testing.T) *kept.Store {
	t.Helper()
	store, err := kept.Open()
	if err != nil {
		t.Fatal(err)
	}
	return store
}
