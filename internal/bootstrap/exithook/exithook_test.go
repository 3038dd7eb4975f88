package exithook

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestHookLayout compares the mirrored structure with the one in the source of the
// toolchain that runs this test: a difference would be memory corruption at exit.
func TestHookLayout(t *testing.T) {
	theirs := structOf(t, filepath.Join(goroot(t), "src/internal/runtime/exithook/hooks.go"), "Hook")
	ours := structOf(t, "hook_runtime.go", "hook")
	if !reflect.DeepEqual(ours, theirs) {
		t.Errorf("ours %q, the runtime's %q", ours, theirs)
	}
	if len(theirs) == 0 {
		t.Error("no fields found")
	}
}

func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// structOf lists the fields of a struct type in a file.
func structOf(t *testing.T, file, name string) (fields []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			kind := "other"
			switch typ := field.Type.(type) {
			case *ast.Ident:
				kind = typ.Name
			case *ast.FuncType:
				if typ.Params.NumFields() == 0 && typ.Results == nil {
					kind = "func()"
				}
			}
			fields = append(fields, field.Names[0].Name+" "+kind)
		}
		return false
	})
	return fields
}

func TestOrderAndOnce(t *testing.T) {
	var order []string
	Add(func(r Reason) { order = append(order, "first") })
	Add(func(r Reason) {
		order = append(order, "second")
		run(r) // a hook that ends the program again must not repeat itself
	})
	run(Reason{})
	run(Reason{})
	if got := strings.Join(order, " "); got != "second first" {
		t.Errorf("hooks ran as %q", got)
	}
}
