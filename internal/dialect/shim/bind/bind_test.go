package bind_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/bind"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/py"
	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

func TestMain(m *testing.M) { pythontest.Main(m) }

// A binding package as the translator writes it.

var (
	pyMax    = bind.Attr{Module: "builtins", Name: "max", Func: "bind_test.Max"}
	pyAbs    = bind.Attr{Module: "builtins", Name: "abs", Func: "bind_test.Abs"}
	pyRepr   = bind.Attr{Module: "builtins", Name: "repr", Func: "bind_test.Repr"}
	pyPow    = bind.Attr{Module: "builtins", Name: "pow", Func: "bind_test.Pow"}
	pyJoin   = bind.Attr{Module: "os", Name: "path.join", Func: "bind_test.Join"}
	pyPi     = bind.Attr{Module: "math", Name: "pi", Func: "bind_test.Pi"}
	pyAppend = bind.Attr{Module: "collections", Name: "deque.append", Func: "bind_test.Append"}
	pyNone   = bind.Attr{Module: "no_such_module.sub", Name: "f", Func: "bind_test.None"}
	pyWrong  = bind.Attr{Module: "os", Name: "path.nothing.deeper", Func: "bind_test.Wrong"}
)

func Max(first *py.Object, __llgo_va_list ...any) *py.Object {
	return pyMax.CallVar(__llgo_va_list, first)
}
func Abs(x *py.Object) *py.Object         { return pyAbs.Call(x) }
func Repr(x *py.Object) *py.Object        { return pyRepr.Call(x) }
func Pow(x, y, mod *py.Object) *py.Object { return pyPow.Call(x, y, mod) }
func Join(a *py.Object, b ...*py.Object) *py.Object {
	return pyJoin.Call(append(bind.List(a), b...)...)
}
func Append(deque *py.Object, __llgo_va_list ...any) { pyAppend.ExecVar(__llgo_va_list, deque) }
func None()                                          { pyNone.Exec() }
func Wrong() *py.Object                              { return pyWrong.Call() }

func init() {
	bind.Register("github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/bind_test", lookup)
}

func lookup(name string) *bind.Attr {
	switch name {
	case "Abs":
		return &pyAbs
	case "Wrong":
		return &pyWrong
	}
	return nil
}

func want(t *testing.T, o *py.Object, expr string) {
	t.Helper()
	if o == nil {
		py.ErrPrint()
		t.Fatalf("nil, want %s", expr)
	}
	if got := c.GoString(Repr(o).CStr()); got != expr {
		t.Errorf("got %s, want %s", got, expr)
	}
}

func TestCall(t *testing.T) {
	want(t, Abs(py.Long(-3)), "3")
	want(t, Pow(py.Long(2), py.Long(5), py.Long(7)), "4")
	want(t, Pow(py.Long(2), py.Long(5), nil), "32") // an optional argument left out
	want(t, Join(py.Str("a"), py.Str("b"), py.Str("c")), "'a/b/c'")
	want(t, Join(py.Str("a")), "'a'")
	want(t, pyPi.Get(), "3.141592653589793")
}

func TestCallVar(t *testing.T) {
	x := py.Long(5)
	want(t, Max(x, py.Long(7), py.Long(6)), "7")
	want(t, Max(x, 7, 6.5, nil), "7")
	want(t, Max(py.List(1, 9), nil), "9")
	want(t, Max(py.List(-1, 9)), "9")
	var none *py.Object
	want(t, Max(x, 8, none, 100), "8") // a nil object ends the list as well
	deque := py.ImportModule(c.Str("collections")).GetAttrString(c.Str("deque")).CallNoArgs()
	Append(deque, "x")
	want(t, deque, "deque(['x'])")
}

func TestManyArguments(t *testing.T) {
	list := make([]any, 50)
	objects := make([]*py.Object, 50)
	for i := range list {
		list[i] = i
		objects[i] = py.Long(int64(i))
	}
	want(t, Max(py.Long(0), list...), "49")
	want(t, pyMax.Call(objects...), "49")
}

func TestFunctionValue(t *testing.T) {
	want(t, py.List(Abs), "[<built-in function abs>]")
	want(t, pyRepr.CallVar([]any{Abs}), "'<built-in function abs>'")
}

func TestMissing(t *testing.T) {
	for _, test := range []struct {
		call   func()
		wanted []string
	}{
		{None, []string{"No module named 'no_such_module'", "needed by bind_test.None in Go"}},
		{func() { Wrong() }, []string{"has no attribute 'nothing'", "needed by bind_test.Wrong in Go"}},
		{func() { py.List(Wrong) }, []string{"has no attribute 'nothing'", "needed by bind_test.Wrong in Go"}},
		{func() { py.List(Repr) }, []string{"a Go value of type func(*py.Object) *py.Object has no Python form"}},
	} {
		py.RunSimpleString(c.Str("import sys, io; sys.stderr = io.StringIO()"))
		test.call()
		py.ErrPrint()
		py.RunSimpleString(c.Str("text = sys.stderr.getvalue(); sys.stderr = sys.__stderr__"))
		got := c.GoString(py.AddModule(c.Str("__main__")).GetAttrString(c.Str("text")).CStr())
		for _, w := range test.wanted {
			if !strings.Contains(got, w) {
				t.Errorf("exception %q lacks %q", got, w)
			}
		}
	}
}

// TestFirstUse resolves one attribute from many goroutines at once.
func TestFirstUse(t *testing.T) {
	a := bind.Attr{Module: "operator", Name: "add", Func: "bind_test.Add"}
	var wg sync.WaitGroup
	for i := 0; i < 50; i++ {
		wg.Add(1)
		go func(i int64) {
			defer wg.Done()
			x := py.Long(i)
			if sum := a.Call(x, x); sum == nil || sum.Long() != 2*i {
				t.Errorf("wrong sum for %d", i)
			}
		}(int64(i))
	}
	wg.Wait()
	if bootstrap.Pending() {
		t.Error("an exception is pending")
	}
}

func BenchmarkCall(b *testing.B) {
	x := py.Long(-3)
	for i := 0; i < b.N; i++ {
		Abs(x).DecRef()
	}
}

func BenchmarkCallVar(b *testing.B) {
	x := py.Long(-3)
	for i := 0; i < b.N; i++ {
		Max(x, x, x, nil).DecRef()
	}
}
