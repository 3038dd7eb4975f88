package pydist

import (
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

func TestStandardModules(t *testing.T) {
	dist, err := Managed(t.Context(), progress.Discard, Default)
	if err != nil {
		t.Fatal(err)
	}
	got, err := dist.StandardModules(t.Context(), []string{"math", "json", "__main__", "numpy", "zope.interface", "no-name", ""})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || !got["math"] || !got["json"] || !got["__main__"] {
		t.Errorf("got %v", got)
	}
}
