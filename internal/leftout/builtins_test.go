package leftout

import (
	"slices"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

func TestUnusedBuiltins(t *testing.T) {
	plan := &helper.Plan{Imports: []helper.Imported{
		{Name: "_ssl"}, {Name: "_elementtree"}, {Name: "_codecs_jp"}, {Name: "_curses_panel", State: "missing"}, {Name: "_hashlib", State: "excluded"},
	}}
	unused, err := UnusedBuiltins(plan, []string{"tests"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(unused) {
		t.Errorf("%q is not sorted", unused)
	}
	for _, name := range []string{"_sqlite3", "_curses", "_curses_panel", "_hashlib", "_codecs_tw"} {
		if !slices.Contains(unused, name) {
			t.Errorf("%s stays", name)
		}
	}
	// Imported, or by C code of what is imported; or nobody's business.
	for _, name := range []string{"_ssl", "_elementtree", "pyexpat", "_codecs_jp", "_multibytecodec", "unicodedata", "zlib", "builtins"} {
		if slices.Contains(unused, name) {
			t.Errorf("%s goes", name)
		}
	}
	for _, keep := range []string{Builtins, All} {
		if unused, err := UnusedBuiltins(plan, []string{keep}); err != nil || len(unused) > 0 {
			t.Errorf("kept %s: %q, %v", keep, unused, err)
		}
	}
}
