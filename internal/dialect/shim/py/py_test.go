package py_test

import (
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/py"
	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

func TestMain(m *testing.M) { pythontest.Main(m) }

// eval evaluates an expression of Python.
func eval(t testing.TB, expr string) *py.Object {
	t.Helper()
	code := py.CompileString(c.Str(expr), c.Str("<test>"), py.EvalInput)
	if code == nil {
		t.Fatalf("%s does not compile", expr)
	}
	defer code.DecRef()
	names := py.AddModule(c.Str("__main__")).ModuleGetDict()
	return py.EvalCode(code, names, names)
}

// str is str(o) as a Go string.
func str(t testing.TB, o *py.Object) string {
	t.Helper()
	s := o.Str()
	if s == nil {
		t.Fatal("str failed")
	}
	defer s.DecRef()
	return c.GoString(s.CStr())
}

func want(t testing.TB, o *py.Object, expr string) {
	t.Helper()
	if o == nil {
		py.ErrPrint()
		t.Fatalf("nil, want %s", expr)
	}
	repr := eval(t, "repr").CallOneArg(o)
	if got := str(t, repr); got != expr {
		t.Errorf("got %s, want %s", got, expr)
	}
}

func TestFirst(t *testing.T) {
	want(t, py.Float(1.5), "1.5")
	want(t, py.Str("héllo"), "'héllo'")
	want(t, py.List(1, 2.5, "x", true, nil, py.Long(7)), "[1, 2.5, 'x', True, None, 7]")
	if f := py.Float(2.25).Float64(); f != 2.25 {
		t.Errorf("Float64 = %v", f)
	}
}
