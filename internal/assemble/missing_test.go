package assemble

import (
	"slices"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

func TestOnlyWhatCanFailIsWarnedOf(t *testing.T) {
	var told []string
	warnMissing(func(text string) { told = append(told, text) }, &helper.Plan{Missing: []helper.Missing{
		{Module: "attr", Importers: []string{"a"}, Reason: helper.MissingAttribute},
		{Module: "guarded", Importers: []string{"a"}, Reason: helper.MissingGuarded},
		{Module: "asked", Importers: []string{helper.ImportedByProgram}, Reason: helper.MissingRequired},
		{Module: "yaml", Importers: []string{"<program>", "a", "b", "c"}, Reason: helper.MissingRequired},
		{Module: "winreg", Importers: []string{"a"}, Reason: helper.MissingPlatform},
	}})
	want := []string{"python module yaml not found; imported unconditionally by a and 2 more"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q\nwant %q", told, want)
	}
}
