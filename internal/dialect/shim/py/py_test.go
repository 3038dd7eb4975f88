package py_test

import (
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
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

// repr is repr(o) as a Go string.
func repr(t testing.TB, o *py.Object) string {
	t.Helper()
	s := eval(t, "repr").CallOneArg(o)
	if s == nil {
		t.Fatal("repr failed")
	}
	defer s.DecRef()
	return c.GoString(s.CStr())
}

// want compares repr(o), and drops o.
func want(t testing.TB, o *py.Object, expr string) {
	t.Helper()
	if o == nil {
		py.ErrPrint()
		t.Fatalf("nil, want %s", expr)
	}
	if got := repr(t, o); got != expr {
		t.Errorf("got %s, want %s", got, expr)
	}
	o.DecRef()
}

// wantError runs f, which must leave an exception of that class.
func wantError(t testing.TB, class string, f func()) {
	t.Helper()
	py.RunSimpleString(c.Str("import sys, io; sys.stderr = io.StringIO()"))
	f()
	pending := bootstrap.Pending()
	py.ErrPrint()
	text := eval(t, "sys.stderr.getvalue()")
	defer text.DecRef()
	py.RunSimpleString(c.Str("sys.stderr = sys.__stderr__"))
	if got := c.GoString(text.CStr()); !pending || !strings.Contains(got, class) {
		t.Errorf("exception %q (pending: %v), want %s", got, pending, class)
	}
}

// isNil checks a result of a failed call.
func isNil(t testing.TB, o *py.Object) {
	t.Helper()
	if o != nil {
		t.Errorf("got %p, want nil", o)
	}
}

func equal(t testing.TB, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("got %v (%T), want %v (%T)", got, got, want, want)
	}
}
