package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strconv"
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

// imports are the packages of the standard library that may go into every program. What
// is not here makes each larger and its start longer, as encoding/json or regexp would.
var imports = strings.Fields(`bufio bytes crypto/sha256 embed encoding/binary encoding/hex errors fmt hash
	hash/crc32 io io/fs math math/bits os os/signal path path/filepath reflect runtime slices sort strconv strings
	sync sync/atomic syscall time unicode/utf8 unsafe`)

// TestImports: what travels imports little.
func TestImports(t *testing.T) {
	allowed := map[string]bool{"github.com/ebitengine/purego": true, ZstdPath + "/zstd": true}
	for _, path := range imports {
		allowed[path] = true
	}
	parsed := 0
	err := fs.WalkDir(shipped, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		src, err := shipped.ReadFile(name)
		if err != nil {
			return err
		}
		src, ok := forPrograms(src)
		if !ok {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		parsed++
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if !allowed[path] && !strings.HasPrefix(path, self) && !strings.HasPrefix(path, "github.com/goplus/lib/") {
				t.Errorf("%s imports %s", name, path)
			}
		}
		return nil
	})
	if err != nil || parsed < 50 {
		t.Errorf("%d files, %v", parsed, err)
	}
}
