package gosource

import "testing"

func TestEmbedsPython(t *testing.T) {
	for _, test := range []struct {
		config, libs []string
		want         bool
	}{
		{nil, nil, false},
		{[]string{"python3-embed"}, nil, true},
		{[]string{"zlib", "python-3.12-embed"}, nil, true},
		{[]string{"python3"}, nil, true},
		{[]string{"python3-foo", "libpython3", "python-2.7"}, []string{"-lm"}, false},
		{nil, []string{"-L/opt", "-lpython3.12"}, true},
	} {
		pkg := &Package{CgoFiles: []string{"main.go"}, Files: Files{CgoPkgConfig: test.config, CgoLDFLAGS: test.libs}}
		if got := (&Program{Packages: []*Package{pkg}}).EmbedsPython(); got != test.want {
			t.Errorf("%q %q: %v", test.config, test.libs, got)
		}
		pkg.CgoFiles = nil // cgo is off
		if (&Program{Packages: []*Package{pkg}}).EmbedsPython() {
			t.Errorf("%q %q without cgo files", test.config, test.libs)
		}
	}
}
