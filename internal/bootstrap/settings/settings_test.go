package settings

import (
	"reflect"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	for _, s := range []Settings{
		{},
		{Minor: "3.14", LibPython: "lib/libpython3.14.so.1.0", LibDir: "python3.14", Modules: "lib/python3.14/modules.marshal", Optimize: 2},
		{Minor: "3.9", Prefix: "/opt/é x'\"%;=\n", Executable: "/v/bin/python", SitePaths: []string{"/a b", "/c"}, HandlesSignals: true},
		{Minor: "3.14", Farm: true},
	} {
		text := s.Encode()
		if i := strings.IndexAny(text, " '\"\n"); i >= 0 {
			t.Errorf("%q holds %q", text, text[i])
		}
		got, err := Decode(text)
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Errorf("Decode(%q) = %+v, %v; want %+v", text, got, err, s)
		}
	}
}

func TestZeroIsEmpty(t *testing.T) {
	if got := (Settings{}).Encode(); got != "" {
		t.Errorf("zero value encodes as %q", got)
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, text := range []string{"what=1", "minor=%4", "minor=%zz", "optimize=no"} {
		if s, err := Decode(text); err == nil {
			t.Errorf("Decode(%q) = %+v, want an error", text, s)
		}
	}
}
