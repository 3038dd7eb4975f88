package gosource_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource/gosourcetest"
)

func TestLoadRefuses(t *testing.T) {
	const lib, prog = "-- lib/lib.go --\npackage lib\n", "-- a/a.go --\npackage main\nfunc main() {}\n-- b/b.go --\npackage main\nfunc main() {}\n"
	for _, test := range []struct{ name, files, pattern, want string }{
		{"library", lib, "./lib", "example.com/app/lib is not a program: a package main is needed"},
		{"two programs", prog, "./...", "2 packages match (example.com/app/a, …): one program is packaged at a time, name it"},
		{"nothing", prog, "./none", "directory not found"},
		{"syntax", "-- main.go --\npackage main\nimport _ \"github.com/goplus/lib/py\"\nfunc main( {\n", ".", "main.go:3:12"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := gosourcetest.Load(t, txtar.Parse([]byte(test.files)), test.pattern)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want …%s…", err, test.want)
			}
		})
	}
}

func TestImportersPointsAtTheUsersLines(t *testing.T) {
	prog, err := gosourcetest.Load(t, txtar.Parse([]byte(
		"-- main.go --\npackage main\n\nimport _ \"github.com/goplus/lib/py/math\"\n\nfunc main() {}\n")))
	if err != nil {
		t.Fatal(err)
	}
	at := prog.Importers("github.com/goplus/lib/py/math")
	if len(at) != 1 || at[0].String() != "main.go:3:8" {
		t.Errorf("Importers = %v, want [main.go:3:8]", at)
	}
}
