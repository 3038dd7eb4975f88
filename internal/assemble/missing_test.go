package assemble

import (
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

func TestOnlyWhatCanFailIsWarnedOf(t *testing.T) {
	var told []string
	plan := &helper.Plan{Missing: []helper.Missing{
		{Module: "attr", Importers: []string{"a"}, Reason: helper.MissingAttribute},
		{Module: "guarded", Importers: []string{"a"}, Reason: helper.MissingGuarded},
		{Module: "asked", Importers: []string{helper.ImportedByProgram}, Reason: helper.MissingRequired},
		{Module: "yaml", Importers: []string{"<program>", "a", "b", "c"}, Reason: helper.MissingRequired},
		{Module: "winreg", Importers: []string{"a"}, Reason: helper.MissingPlatform},
	}}
	if err := tellMissing(func(text string) { told = append(told, text) }, plan, false); err != nil {
		t.Error(err)
	}
	want := []string{"python module yaml not found; imported unconditionally by a and 2 more"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q\nwant %q", told, want)
	}
	err := tellMissing(func(text string) { t.Errorf("warned: %s", text) }, plan, true)
	if err == nil || !strings.HasPrefix(err.Error(), "python module yaml, imported by a and 2 more, is neither") {
		t.Errorf("layout farm: %v", err)
	}
}
