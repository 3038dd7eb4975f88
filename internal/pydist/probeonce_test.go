package pydist

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
)

// TestProbeOnce: an interpreter of ours is started once for each identity and place, and
// one that is gone is not believed to be there.
func TestProbeOnce(t *testing.T) {
	t.Setenv(cachedir.EnvRoot, t.TempDir())
	dir := t.TempDir()
	starts := filepath.Join(dir, "starts")
	interpreter := func(name, version string) string {
		path := filepath.Join(dir, name)
		script := fmt.Sprintf("#!/bin/sh\necho start >>%q\necho '{\"implementation\": \"CPython\", \"major\": 3, \"minor\": 14, \"version\": %q, \"path\": [\"/a\"]}'\n", starts, version)
		if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first, second := interpreter("first", "3.14.6"), interpreter("second", "3.14.7")
	for i, test := range []struct {
		executable, identity, version string
		starts                        int
	}{
		{first, "a", "3.14.6", 1},
		{first, "a", "3.14.6", 1},
		{first, "b", "3.14.6", 2},
		{second, "a", "3.14.7", 3},
		{second, "a", "3.14.7", 3},
	} {
		a, err := probeOnce(t.Context(), test.executable, test.identity)
		if err != nil || a.Version != test.version || len(a.Path) != 1 {
			t.Fatalf("%d: %+v, %v", i, a, err)
		}
		if data, _ := os.ReadFile(starts); strings.Count(string(data), "start") != test.starts {
			t.Errorf("%d: %q, want %d starts", i, data, test.starts)
		}
	}
	if err := os.Remove(first); err != nil {
		t.Fatal(err)
	}
	if a, err := probeOnce(t.Context(), first, "a"); err == nil || !strings.Contains(err.Error(), "no such program") {
		t.Errorf("%+v, %v", a, err)
	}
}
