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

// A module that is imported by way of weak imports alone is not used; one that nothing
// leads to is.
func TestWeakImports(t *testing.T) {
	plan := &helper.Plan{Imports: []helper.Imported{
		{Name: "<program>"},
		{Name: "pathlib", Importers: []int{0}},
		{Name: "urllib.request", Importers: []int{1, 3}},
		{Name: "ftplib", Importers: []int{2}}, // and back
		{Name: "_ssl", Importers: []int{3}},
		{Name: "zipfile", Importers: []int{6}},
		{Name: "island", Importers: []int{5}},
		{Name: "_lzma", Importers: []int{5}},
	}}
	unused := func() []string {
		list, err := UnusedBuiltins(plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if list := unused(); !slices.Contains(list, "_ssl") || slices.Contains(list, "_lzma") {
		t.Errorf("%q", list)
	}
	plan.Imports[4].Importers = []int{0, 3}
	if list := unused(); slices.Contains(list, "_ssl") {
		t.Errorf("the program imports _ssl: %q", list)
	}
}

// What cannot be imported any more goes too, and what can do without it stays.
func TestWithoutBuiltins(t *testing.T) {
	plan := &helper.Plan{
		Imports: []helper.Imported{
			{Name: "<program>"},
			{Name: "pathlib", Importers: []int{0}, How: "i"},
			{Name: "urllib.request", Importers: []int{1}, How: "d"},
			{Name: "ssl", Importers: []int{2, 6}, How: "ti"},
			{Name: "_ssl", Importers: []int{3}, How: "i"},
			{Name: "_ctypes", Importers: []int{0}, How: "i"},
			{Name: "needs_ssl", Importers: []int{2}, How: "t"},
		},
	}
	for _, name := range []string{"pathlib.__init__", "urllib.request", "ssl", "needs_ssl", ""} {
		plan.Files = append(plan.Files, helper.PlanFile{Module: name})
	}
	less, err := WithoutBuiltins(plan, []string{"_ssl", "_sqlite3"})
	if err != nil {
		t.Fatal(err)
	}
	var left, excluded []string
	for _, f := range less.Files {
		left = append(left, f.Module)
	}
	for _, im := range less.Imports {
		if im.State == stateExcluded {
			excluded = append(excluded, im.Name)
		}
	}
	if want := []string{"pathlib.__init__", "urllib.request", ""}; !slices.Equal(left, want) {
		t.Errorf("%q are left, want %q", left, want)
	}
	if want := []string{"ssl", "_ssl", "needs_ssl"}; !slices.Equal(excluded, want) {
		t.Errorf("%q are excluded, want %q", excluded, want)
	}
	if len(plan.Files) != 5 || plan.Imports[4].State != "" {
		t.Error("the plan itself was changed")
	}
}
