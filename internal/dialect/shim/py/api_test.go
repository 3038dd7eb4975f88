package py_test

import (
	"os"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pythontest/goapi"
)

// TestAPI compares what the package exports with upstream's declarations, written
// down in testdata by the same lister from github.com/goplus/lib/py v0.3.1.
func TestAPI(t *testing.T) {
	golden, err := os.ReadFile("testdata/api.golden")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := goapi.Exported(".")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(lines, "\n") + "\n"
	if got != string(golden) {
		t.Errorf("exported:\n%s\nupstream:\n%s", got, golden)
	}
}
