package dialect

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource/gosourcetest"
)

func TestTranslate(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/functions.txtar")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	var sources txtar.Archive
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "want/"); ok {
			want[name] = string(f.Data)
		} else {
			sources.Files = append(sources.Files, f)
		}
	}
	prog, err := gosourcetest.Load(t, &sources)
	if err != nil {
		t.Fatal(err)
	}
	p := find(t, prog, "example.com/app/bind")
	module, _, ok := p.PythonModule()
	if !ok || module != "json" {
		t.Fatalf("PythonModule = %q, %v", module, ok)
	}
	tr := &translator{prog: prog, pkg: p, module: module}
	got, err := tr.file(p.Syntax.Files[0], "/virtual/bind.go")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "bind.go", string(got), want["bind.go"])
	compare(t, "register.go", string(tr.register()), want["register.go"])
}

func compare(t *testing.T, name, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got:\n%s\nwant:\n%s", name, got, want)
	}
}

func find(t *testing.T, prog *gosource.Program, path string) *gosource.Package {
	t.Helper()
	for _, p := range prog.Packages {
		if p.ImportPath == path {
			return p
		}
	}
	t.Fatalf("package %s is not in the program", path)
	return nil
}

// Each refusal names the user's line and says what to do.
func TestPrepareRefuses(t *testing.T) {
	const head = "package bind\nimport _ \"unsafe\"\nimport \"github.com/goplus/lib/py\"\nvar _ py.Object\nconst LLGoPackage = \"py.json\"\n"
	for _, test := range []struct{ name, main, bind, want string }{
		{"wrong type", "", head + "//go:linkname F py.f\nfunc F(n int) *py.Object\n", "bind/bind.go:7:8: parameter n must be *py.Object"},
		{"wrong result", "", head + "//go:linkname F py.f\nfunc F() int\n", "bind/bind.go:7:10: F is linked to Python: its result"},
		{"C in a binding", "", head + "//go:linkname F C.f\nfunc F()\n", "bind/bind.go:6:1: package example.com/app/bind binds C code (F is linked to C.f)"},
		{"no link", "", head + "func F() *py.Object\n", "bind/bind.go:6:1: F has no body and no link: add `//go:linkname F py.<attribute>` above it"},
		{"variables", "", head + "//go:linkname A py.a\nvar A, B *py.Object\n", "bind/bind.go:7:5: linked variable A must be declared alone"},
		{"C symbol", "", strings.Replace(head, "const LLGoPackage = \"py.json\"\n", "//go:linkname F C.f\nfunc F()\n", 1), "bind/bind.go:5:1: package example.com/app/bind binds C code (F is linked to C.f)"},
		{"C package", "", strings.Replace(head, "py.json", "link: -lfoo", 1), "bind/bind.go:5:7: package example.com/app/bind binds C code (LLGoPackage = \"link: -lfoo\"): compiler go has no C compiler; build with --py-compiler=llgo"},
		{"lib's C package", "import _ \"github.com/goplus/lib/c/os\"\n", head, "main.go:3:8: github.com/goplus/lib/c/os binds C code"},
		{"setjmp", "import \"github.com/goplus/lib/c\"\nvar _ = c.AllocaSigjmpBuf\n", head, "main.go:4:9: c.AllocaSigjmpBuf: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			archive := &txtar.Archive{Files: []txtar.File{
				{Name: "main.go", Data: []byte("package main\nimport _ \"example.com/app/bind\"\n" + test.main + "func main() {}\n")},
				{Name: "bind/bind.go", Data: []byte(test.bind)},
			}}
			prog, err := gosourcetest.Load(t, archive)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Prepare(context.Background(), prog, Options{WorkDir: t.TempDir(), Env: os.Environ()})
			if err == nil || !strings.HasPrefix(err.Error(), filepath.FromSlash(test.want)) {
				t.Errorf("got %v\nwant …%s…", err, test.want)
			}
		})
	}
}

// The sums of the shim's dependency stand in the source; go.sum has the truth.
func TestPuregoIsTheOneOfThisModule(t *testing.T) {
	sums, err := os.ReadFile(filepath.Join("..", "..", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(puregoSums), "\n") {
		if !strings.Contains(string(sums), line+"\n") {
			t.Errorf("go.sum lacks %q", line)
		}
	}
	if !strings.Contains(puregoSums, puregoPath+" "+puregoVersion+" ") {
		t.Errorf("puregoSums are not those of %s", puregoVersion)
	}
}
