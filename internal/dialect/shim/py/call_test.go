package py_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/py"
)

const show = "lambda *a, **k: (a, k)"

func TestCalls(t *testing.T) {
	f := eval(t, show)
	equal(t, f.Callable(), c.Int(1))
	equal(t, eval(t, "1").Callable(), c.Int(0))
	x := py.Long(1)
	kwargs := py.NewDict()
	kwargs.DictSetItem(py.Str("k"), x)
	want(t, f.Call(py.Tuple(x), kwargs), "((1,), {'k': 1})")
	want(t, f.Call(py.Tuple(), nil), "((), {})")
	want(t, f.CallNoArgs(), "((), {})")
	want(t, f.CallOneArg(x), "((1,), {})")
	want(t, f.CallObject(py.Tuple(x, "y")), "((1, 'y'), {})")
	want(t, f.CallObject(nil), "((), {})")
	want(t, f.CallFunctionObjArgs(x, 2.5, nil, "not passed"), "((1, 2.5), {})")
	want(t, f.CallFunctionObjArgs(x, x, nil), "((1, 1), {})")
	wantError(t, "TypeError", func() { isNil(t, x.CallNoArgs()) })
	wantError(t, "TypeError", func() { isNil(t, f.CallFunctionObjArgs(struct{}{})) })
}

func TestVectorcall(t *testing.T) {
	f := eval(t, show)
	args := []*py.Object{py.Str("a"), py.Str("b"), py.Long(3)}
	want(t, f.Vectorcall(&args[0], 2, nil), "(('a', 'b'), {})")
	want(t, f.Vectorcall(&args[0], 2, py.Tuple("k")), "(('a', 'b'), {'k': 3})")
	kwargs := py.NewDict()
	kwargs.DictSetItem(py.Str("k"), args[2])
	want(t, f.VectorcallDict(&args[0], 1, kwargs), "(('a',), {'k': 3})")
	want(t, args[0].VectorcallMethod(py.Str("__add__"), &args[0], 2, nil), "'ab'")
}

func TestCallFunction(t *testing.T) {
	f := eval(t, show)
	want(t, f.CallFunction(nil), "((), {})")
	want(t, f.CallFunction(c.Str("")), "((), {})")
	want(t, f.CallFunction(c.Str("i"), 1), "((1,), {})")
	want(t, f.CallFunction(c.Str("is"), 1, c.Str("x")), "((1, 'x'), {})")
	want(t, f.CallFunction(c.Str("(is)"), 1, c.Str("x")), "((1, 'x'), {})")
	want(t, f.CallFunction(c.Str("((is))"), 1, c.Str("x")), "(((1, 'x'),), {})")
	want(t, f.CallFunction(c.Str("O"), py.Tuple(1, 2)), "((1, 2), {})")
	s := py.Str("a-b")
	want(t, s.CallMethod(c.Str("split"), c.Str("s"), "-"), "['a', 'b']")
	want(t, s.CallMethod(c.Str("upper"), nil), "'A-B'")
	want(t, s.CallMethodObjArgs(py.Str("replace"), py.Str("-"), py.Str("+"), nil), "'a+b'")
	wantError(t, "AttributeError", func() { isNil(t, s.CallMethod(c.Str("nothing"), nil)) })
}

// TestBuildValue goes through the examples of the C API's documentation, then the
// rest of its formats.
func TestBuildValue(t *testing.T) {
	wide := []int32{'w', 0x1F600, 0}
	double := []float64{1, -2}
	for _, test := range []struct {
		format string
		args   []any
		want   string
	}{
		{"", nil, "None"},
		{"i", []any{123}, "123"},
		{"iii", []any{123, 456, 789}, "(123, 456, 789)"},
		{"s", []any{"hello"}, "'hello'"},
		{"y", []any{"hello"}, "b'hello'"},
		{"ss", []any{"hello", c.Str("world")}, "('hello', 'world')"},
		{"s#", []any{c.Str("hello"), 4}, "'hell'"},
		{"y#", []any{"hello", 4}, "b'hell'"},
		{"()", nil, "()"},
		{"(i)", []any{123}, "(123,)"},
		{"(ii)", []any{123, 456}, "(123, 456)"},
		{"(i,i)", []any{123, 456}, "(123, 456)"},
		{"[i,i]", []any{123, 456}, "[123, 456]"},
		{"{s:i,s:i}", []any{"abc", 123, "def", 456}, "{'abc': 123, 'def': 456}"},
		{"((ii)(ii)) (ii)", []any{1, 2, 3, 4, 5, 6}, "(((1, 2), (3, 4)), (5, 6))"},
		{"zUz", []any{nil, "u", (*c.Char)(nil)}, "(None, 'u', None)"},
		{"z#s#", []any{nil, 3, "a\x00b", 3}, "(None, 'a\\x00b')"},
		{"u", []any{&wide[0]}, "'w😀'"},
		{"u#", []any{&wide[0], 1}, "'w'"},
		{"bBh", []any{int8(-1), uint8(255), int16(-2)}, "(-1, 255, -2)"},
		{"HIi", []any{uint16(65535), uint32(math.MaxUint32), int64(1)<<32 + 5}, "(65535, 4294967295, 5)"},
		{"lkLKn", []any{-1, uint64(math.MaxUint64), int64(-2), uint64(1) << 63, -3}, "(-1, 18446744073709551615, -2, 9223372036854775808, -3)"},
		{"cC", []any{int8('x'), 0x1F600}, "(b'x', '😀')"},
		{"p", []any{2}, "True"},
		{"df", []any{1.5, float32(0.25)}, "(1.5, 0.25)"},
		{"DD", []any{unsafe.Pointer(&double[0]), 3 + 4i}, "((1-2j), (3+4j))"},
		{"OSN", []any{py.Long(1), py.Long(2), py.Long(3)}, "(1, 2, 3)"},
		{"O&", []any{func(p c.Pointer) *py.Object { return py.Long(*(*c.Long)(p)) }, &[]c.Long{77}[0]}, "77"},
	} {
		want(t, py.BuildValue(c.Str(test.format), test.args...), test.want)
	}
}

func TestBuildValueErrors(t *testing.T) {
	for _, test := range []struct {
		format string
		args   []any
		want   string
	}{
		{"(i", []any{1}, "SystemError: unmatched paren"},
		{"ii", []any{1}, "SystemError: not enough arguments"},
		{"i", []any{"x"}, "SystemError: an integer is required"},
		{"s", []any{1}, "SystemError: a string is required"},
		{"O", []any{nil}, "SystemError: NULL object"},
		{"!", nil, "SystemError: bad format char"},
		{"{s}", []any{"x"}, "SystemError: Bad dict format"},
		{"{Oi}", []any{py.List(), 1}, "unhashable"},
		{"(sNs)", []any{"\xff", py.Long(1), "x"}, "UnicodeDecodeError"},
	} {
		wantError(t, test.want, func() { isNil(t, py.BuildValue(c.Str(test.format), test.args...)) })
	}
}

func TestCode(t *testing.T) {
	flags := &py.CompilerFlags{}
	code := py.CompileStringFlags(c.Str("from __future__ import annotations\nx = 1"), c.Str("f.py"), py.FileInput, flags)
	if code == nil || flags.CfFlags == 0 {
		t.Fatalf("code %p, flags %#x: the future import does not show", code, flags.CfFlags)
	}
	names := py.AddModule(c.Str("__main__")).ModuleGetDict()
	want(t, py.EvalCode(code, names, nil), "None")
	want(t, eval(t, "x"), "1")
	want(t, py.EvalCode(py.CompileStringExFlags(c.Str("__debug__"), c.Str("f"), py.EvalInput, nil, 1), names, nil), "False")
	want(t, py.EvalCode(py.CompileStringObject(c.Str("6*7"), py.Str("f"), py.EvalInput, nil, -1), names, names), "42")
	wantError(t, "SyntaxError", func() { isNil(t, py.CompileString(c.Str("1 +"), c.Str("f"), py.EvalInput)) })
}

func TestFunctions(t *testing.T) {
	f := eval(t, "lambda a, b=2: a + b")
	code := f.FuncCode()
	want(t, code.CodeVarnames(), "('a', 'b')")
	if repr(t, code.CodeBytes()) != repr(t, code.GetAttrString(c.Str("co_code"))) {
		t.Error("CodeBytes is not co_code")
	}
	globals := py.AddModule(c.Str("__main__")).ModuleGetDict()
	want(t, py.NewFunc(code, globals).CallFunctionObjArgs(1, 2), "3")
	want(t, py.NewFuncWithQualName(code, globals, py.Str("outer.f")).GetAttrString(c.Str("__qualname__")), "'outer.f'")
	args := []*py.Object{py.Long(40)}
	defaults := []*py.Object{py.Long(2)}
	want(t, py.EvalCodeEx(code, globals, nil, (*py.Object)(unsafe.Pointer(&args[0])), 1, nil, 0,
		(*py.Object)(unsafe.Pointer(&defaults[0])), 1, nil, nil), "42")
}

func TestModules(t *testing.T) {
	m := py.ImportModule(c.Str("os.path"))
	want(t, m.GetAttrString(c.Str("sep")), "'/'")
	want(t, py.Import(py.Str("json")).GetAttrString(c.Str("__name__")), "'json'")
	wantError(t, "ModuleNotFoundError", func() { isNil(t, py.ImportModule(c.Str("no_such"))) })
	added := py.AddModule(c.Str("made_up"))
	added.ModuleGetDict().DictSetItem(py.Str("x"), py.Long(5))
	want(t, eval(t, "__import__('made_up').x"), "5")
	var sep, join, missing *py.Object
	m.ModuleLoadSyms(c.Str("sep"), &sep, "join", &join, nil)
	want(t, sep, "'/'")
	want(t, join.CallFunctionObjArgs("a", "b"), "'a/b'")
	wantError(t, "AttributeError", func() { m.ModuleLoadSyms("nothing", &missing, nil) })
	isNil(t, missing)
}

func TestRun(t *testing.T) {
	equal(t, py.RunSimpleString(c.Str("run_test = 1")), c.Int(0))
	want(t, eval(t, "run_test"), "1")
	wantError(t, "", func() {
		equal(t, py.RunSimpleString(c.Str("import sys; print('x', file=sys.stderr); 1/0")), c.Int(-1))
		py.EvalCode(nil, nil, nil) // RunSimpleString leaves no exception behind
	})
	flags := &py.CompilerFlags{}
	equal(t, py.RunSimpleStringFlags(c.Str("from __future__ import annotations"), flags), c.Int(0))
	if flags.CfFlags == 0 {
		t.Error("the future import does not show")
	}
}

func TestRunFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "é script.py")
	if err := os.WriteFile(file, []byte("import os.path\nrun_file = os.path.basename(__file__)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	name := c.AllocaCStr(file)
	fp := c.Fopen(name, c.Str("r"))
	equal(t, py.RunSimpleFile(fp, name), c.Int(0))
	equal(t, c.Fclose(fp), c.Int(0))
	want(t, eval(t, "run_file"), "'é script.py'")
	wantError(t, "NameError", func() { eval(t, "__file__") })
}

func TestErrors(t *testing.T) {
	py.ErrClear()
	py.ErrPrint() // nothing pending: nothing happens
	isNil(t, eval(t, "1/0"))
	py.ErrClear()
	want(t, eval(t, "1"), "1")
}

func TestInitializeAgain(t *testing.T) {
	py.SetProgramName(c.Str("x"))
	py.Initialize()
	py.InitializeEx(0)
	want(t, eval(t, "__import__('sys').flags.utf8_mode"), "1")
}
