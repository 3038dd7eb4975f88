package discover

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource/gosourcetest"
)

func TestFind(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no testdata:", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			prog, err := gosourcetest.Load(t, archive)
			if err != nil {
				t.Fatal(err)
			}
			if !Needed(prog) {
				t.Error("Needed = false for a program that imports py")
			}
			want := string(archive.Files[len(archive.Files)-1].Data)
			if got := format(Find(prog)); got != want {
				t.Errorf("got:\n%swant:\n%s", got, want)
			}
		})
	}
}

func TestNeededIsFalseWithoutPython(t *testing.T) {
	prog, err := gosourcetest.Load(t, txtar.Parse([]byte("-- main.go --\npackage main\n\nfunc main() { println(1) }\n")))
	if err != nil {
		t.Fatal(err)
	}
	if found := Find(prog); Needed(prog) || len(found.Modules)+len(found.Snippets) > 0 {
		t.Errorf("Needed = %v, Find = %v for a program without Python", Needed(prog), found)
	}
}

func format(p Python) string {
	var b strings.Builder
	for _, m := range p.Modules {
		fmt.Fprint(&b, m.Name)
		for _, at := range m.At {
			fmt.Fprint(&b, " ", at)
		}
		b.WriteByte('\n')
	}
	for _, s := range p.Snippets {
		fmt.Fprintf(&b, "snippet %v %q\n", s.At, s.Code)
	}
	return b.String()
}
