package internal

import (
	"os"
	"strings"
	"testing"
)

// TestZstdSums holds the pinned lines against this repository's own go.sum.
func TestZstdSums(t *testing.T) {
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(ZstdSums), "\n") {
		if !strings.HasPrefix(line, ZstdPath+" "+ZstdVersion) || !strings.Contains(string(sums), line+"\n") {
			t.Errorf("%s is not in go.sum", line)
		}
	}
}

// TestSources: tests and what is for this repository only stay here; imports lead
// to where the packages went.
func TestSources(t *testing.T) {
	moves := []Move{{"bootstrap", "example.com/b"}}
	files, err := Sources("bootstrap", moves)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"start.go", "cross_amd64.s", "settings/end.py", "origin/take_runtime.go"} {
		if len(files[name]) == 0 {
			t.Errorf("no %s", name)
		}
	}
	if src := string(files["start.go"]); !strings.Contains(src, `"example.com/b/settings"`) || strings.Contains(src, self) {
		t.Errorf("imports of start.go:\n%s", src)
	}
	for name, src := range files {
		if strings.HasSuffix(name, "_test.go") || name == "origin/take_none.go" || strings.Contains(string(src), "//go:build llgopy\n") {
			t.Errorf("%s travels", name)
		}
	}
}
