package assemble

import (
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// A lock is written for the module that is worked on, not for one of the cache.
func TestForeign(t *testing.T) {
	for _, test := range []struct {
		module *gosource.Module
		want   bool
	}{
		{nil, false}, // files without a module
		{&gosource.Module{Main: true}, false},
		{&gosource.Module{Version: "v1.0.0"}, true},
	} {
		b := &builder{prog: &gosource.Program{Main: &gosource.Package{Module: test.module}}}
		if got := b.foreign(); got != test.want {
			t.Errorf("%+v: %t", test.module, got)
		}
	}
}
