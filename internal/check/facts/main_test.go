package facts

import (
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

func TestMain(m *testing.M) { checktest.Main(m) }

func open(t *testing.T, path string) *Container {
	t.Helper()
	found, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 {
		t.Fatalf("%s: %d containers", path, len(found))
	}
	t.Cleanup(func() { found[0].Close() })
	return found[0]
}

func newHelper(t *testing.T) *helper.Helper {
	t.Helper()
	h, err := helper.Open(t.Context(), progress.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// collect opens and reads, with all readers.
func collect(t *testing.T, path string) *Container {
	t.Helper()
	c := open(t, path)
	if err := c.Collect(t.Context(), Options{Helper: newHelper(t)}); err != nil {
		t.Fatal(err)
	}
	return c
}

// goOnly opens and reads with Go's readers alone.
func goOnly(t *testing.T, path string) *Container {
	t.Helper()
	c := open(t, path)
	if err := c.Collect(t.Context(), Options{NoPython: true}); err != nil {
		t.Fatal(err)
	}
	return c
}
