package assemble

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

func TestOutputPath(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "there"), 0o755); err != nil {
		t.Fatal(err)
	}
	in := func(elem ...string) string { return filepath.Join(append([]string{dir}, elem...)...) }
	for _, test := range []struct {
		name, path, out string
		onedir          bool
		patterns        []string
		want            string
	}{
		{"default", "example.com/app", "", true, nil, in("dist", "app", "app")},
		{"default for this machine", "example.com/app", "", false, nil, in("app")},
		{"file", "example.com/app", in("out", "x"), true, nil, in("out", "x")},
		{"trailing slash", "example.com/app", in("new") + "/", true, nil, in("new", "app")},
		{"existing directory", "example.com/app", in("there"), true, nil, in("there", "app")},
		{"major version", "example.com/app/v2", "", true, nil, in("dist", "app", "app")},
		{"version alone", "v2", "", true, nil, in("dist", "v2", "v2")},
		{"files", "command-line-arguments", "", true, []string{"x/tool.go", "y.go"}, in("dist", "tool", "tool")},
	} {
		t.Run(test.name, func(t *testing.T) {
			opts := Options{Dir: dir, Patterns: test.patterns, Flags: compiler.Flags{Output: test.out}}
			prog := &gosource.Program{Main: &gosource.Package{ImportPath: test.path, Name: "main"}}
			if got := outputPath(opts, &config.Settings{Onedir: config.Bool{Value: test.onedir}}, prog); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
