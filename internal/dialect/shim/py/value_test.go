package py_test

import (
	"math"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/py"
)

func TestFloat(t *testing.T) {
	want(t, py.Float(1.5), "1.5")
	want(t, py.Float(math.Inf(-1)), "-inf")
	want(t, py.FloatFromSring(py.Str(" 2.5 ")), "2.5")
	for _, v := range []float64{0, -0.1, math.MaxFloat64, 5e-324} {
		o := py.Float(v)
		equal(t, o.Float64(), v)
		o.DecRef()
	}
	equal(t, eval(t, "7").Float64(), 7.0)
	wantError(t, "TypeError", func() { equal(t, eval(t, "'x'").Float64(), -1.0) })
	wantError(t, "ValueError", func() { isNil(t, py.FloatFromSring(py.Str("x"))) })
}

func TestLong(t *testing.T) {
	want(t, py.Long(math.MinInt64), "-9223372036854775808")
	want(t, py.LongLong(-1), "-1")
	want(t, py.Ulong(math.MaxUint64), "18446744073709551615")
	want(t, py.UlongLong(1<<63), "9223372036854775808")
	want(t, py.Uintptr(7), "7")
	want(t, py.LongFromFloat64(-3.9), "-3")
	want(t, py.LongFromUnicode(py.Str("ff"), 16), "255")
	n := eval(t, "-5")
	equal(t, n.Long(), c.Long(-5))
	equal(t, n.LongLong(), c.LongLong(-5))
	equal(t, n.LongAsFloat64(), -5.0)
	big := eval(t, "2**64 - 1")
	equal(t, big.Ulong(), c.Ulong(math.MaxUint64))
	equal(t, big.UlongLong(), c.UlongLong(math.MaxUint64))
	equal(t, big.Uintptr(), ^uintptr(0))
	wantError(t, "OverflowError", func() { equal(t, big.Long(), c.Long(-1)) })
	wantError(t, "OverflowError", func() { isNil(t, py.LongFromFloat64(math.Inf(1))) })
}

func TestLongPointers(t *testing.T) {
	text := c.AllocaCStr("42  ")
	var end *c.Char
	want(t, py.LongFromCStr(text, &end, 10), "42")
	equal(t, end, c.Advance(text, 4))
	p := c.Malloc(1)
	defer c.Free(p)
	o := py.LongFromVoidPtr(p)
	equal(t, o.LongAsVoidPtr(), p)
	o.DecRef()
}

func TestUnicode(t *testing.T) {
	want(t, py.Str("héllo\x00x"), `'héllo\x00x'`)
	want(t, py.Str(""), "''")
	want(t, py.FromGoString("日本"), "'日本'")
	want(t, py.FromCStr(c.Str("abc")), "'abc'")
	want(t, py.FromCStrAndLen(c.Str("abcdef"), 3), "'abc'")
	u := py.Str("é!")
	p, n := u.CStrAndLen()
	equal(t, n, uintptr(3))
	equal(t, c.GoString(p), "é!")
	equal(t, u.CStr(), p)
	equal(t, u.Cstr(), p)
	wantError(t, "UnicodeDecodeError", func() { isNil(t, py.Str("\xff")) })
	wantError(t, "TypeError", func() {
		if eval(t, "1").CStr() != nil {
			t.Error("CStr of an int")
		}
	})
}

type named int16

func TestList(t *testing.T) {
	item := py.Str("item")
	l := py.List(1, int8(-2), uint64(1)<<63, named(4), 2.5, float32(0.5), "x", true, false, nil,
		item, []byte("ab"), c.Str("c"), 1+2i, uintptr(9))
	want(t, l, "[1, -2, 9223372036854775808, 4, 2.5, 0.5, 'x', True, False, None, 'item', b'ab', 'c', (1+2j), 9]")
	want(t, item, "'item'") // the list took its own reference
	want(t, py.List(), "[]")
	want(t, py.Tuple(1, py.Tuple()), "(1, ())")
	wantError(t, "TypeError: a Go value of type struct {} has no Python form", func() { isNil(t, py.List(1, struct{}{})) })
	wantError(t, "UnicodeDecodeError", func() { isNil(t, py.Tuple("ok", "\xff", 3)) })
}

func TestListMethods(t *testing.T) {
	l := py.NewList(2)
	equal(t, l.ListSetItem(0, py.Long(3)), c.Int(0))
	equal(t, l.ListSetItem(1, py.Long(1)), c.Int(0))
	equal(t, l.ListAppend(py.Long(2)), c.Int(0))
	equal(t, l.ListInsert(0, py.Long(9)), c.Int(0))
	equal(t, l.ListLen(), 4)
	equal(t, l.ListItem(1).Long(), c.Long(3))
	want(t, l.ListSlice(1, 3), "[3, 1]")
	equal(t, l.ListSort(), c.Int(0))
	equal(t, l.ListReverse(), c.Int(0))
	want(t, l.ListAsTuple(), "(9, 3, 2, 1)")
	equal(t, l.ListSetSlice(0, 2, nil), c.Int(0))
	equal(t, l.ListSetSlice(0, 0, py.List("a")), c.Int(0))
	wantError(t, "IndexError", func() { isNil(t, l.ListItem(9)) })
	want(t, l, "['a', 2, 1]")
}

func TestTupleMethods(t *testing.T) {
	tuple := py.NewTuple(2)
	equal(t, tuple.TupleSetItem(0, py.Long(1)), 0)
	equal(t, tuple.TupleSetItem(1, py.Str("b")), 0)
	equal(t, tuple.TupleLen(), 2)
	want(t, tuple.TupleSlice(1, 2), "('b',)")
	equal(t, tuple.TupleItem(0).Long(), c.Long(1))
	wantError(t, "IndexError", func() { isNil(t, tuple.TupleItem(2)) })
	want(t, tuple, "(1, 'b')")
}

func TestDict(t *testing.T) {
	d := py.NewDict()
	isNil(t, d.DictSetItem(py.Str("a"), py.Long(1)))
	equal(t, d.DictSize(), 1)
	equal(t, d.DictGetItem(py.Str("a")).Long(), c.Long(1))
	isNil(t, d.DictGetItem(py.Str("b")))
	want(t, d.DictKeys(), "['a']")
	want(t, d.DictValues(), "[1]")
	want(t, d.DictItems(), "[('a', 1)]")
	wantError(t, "unhashable", func() {
		if d.DictSetItem(py.List(), py.Long(1)) == nil {
			t.Error("nil says it worked")
		}
	})
	want(t, d, "{'a': 1}")
}

func TestSet(t *testing.T) {
	s := py.NewSet(nil)
	equal(t, s.SetAdd(py.Long(1)), 0)
	equal(t, s.SetContains(py.Long(1)), 1)
	equal(t, s.SetContains(py.Long(2)), 0)
	equal(t, s.SetLen(), 1)
	equal(t, s.SetDiscard(py.Long(2)), 0)
	want(t, s.SetPop(), "1")
	wantError(t, "KeyError", func() { isNil(t, s.SetPop()) })
	isNil(t, s.SetClear())
	want(t, py.NewSet(py.List(1, 1)), "{1}")
	wantError(t, "unhashable", func() { equal(t, s.SetAdd(py.List()), -1) })
}

func TestObject(t *testing.T) {
	o := eval(t, "'abc'")
	want(t, o.Type(), "<class 'str'>")
	want(t, o.Type().TypeName(), "'str'")
	want(t, eval(t, "12").Str(), "'12'")
	equal(t, o.IsTrue(), c.Int(1))
	equal(t, o.NotTrue(), c.Int(0))
	want(t, o.GetAttr(py.Str("upper")).CallNoArgs(), "'ABC'")
	want(t, o.GetAttrString(c.Str("title")).CallNoArgs(), "'Abc'")
	wantError(t, "AttributeError", func() { isNil(t, o.GetAttrString(c.Str("nothing"))) })
	const isBaseType = 1 << 10 // Py_TPFLAGS_BASETYPE
	equal(t, o.Type().TypeFlags()&isBaseType, uint32(isBaseType))
	wantError(t, "TypeError", func() { isNil(t, o.Type().TypeModule()) })
	o.DecRef()
	(*py.Object)(nil).DecRef()
}

// TestNil calls everything C would crash on.
func TestNil(t *testing.T) {
	var o *py.Object
	for _, f := range []func(){
		func() { o.Type() }, func() { o.Str() }, func() { o.IsTrue() }, func() { o.NotTrue() },
		func() { o.GetAttr(nil) }, func() { o.GetAttrString(c.Str("x")) },
		func() { o.Call(nil, nil) }, func() { o.CallNoArgs() }, func() { o.CallOneArg(nil) },
		func() { o.CallObject(nil) }, func() { o.CallFunction(nil) }, func() { o.CallFunctionObjArgs() },
		func() { o.CallMethod(c.Str("x"), nil) }, func() { o.CallMethodObjArgs(nil) },
		func() { o.Vectorcall(nil, 0, nil) }, func() { o.VectorcallDict(nil, 0, nil) },
		func() { o.VectorcallMethod(nil, nil, 0, nil) },
		func() { o.ListLen() }, func() { o.ListItem(0) }, func() { o.ListSetItem(0, nil) },
		func() { o.ListInsert(0, nil) }, func() { o.ListAppend(nil) }, func() { o.ListSlice(0, 0) },
		func() { o.ListSetSlice(0, 0, nil) }, func() { o.ListSort() }, func() { o.ListReverse() }, func() { o.ListAsTuple() },
		func() { o.TupleLen() }, func() { o.TupleItem(0) }, func() { o.TupleSetItem(0, nil) }, func() { o.TupleSlice(0, 0) },
		func() { o.DictKeys() }, func() { o.DictValues() }, func() { o.DictItems() }, func() { o.DictSize() },
		func() { o.DictSetItem(nil, nil) }, func() { o.DictGetItem(nil) },
		func() { o.SetLen() }, func() { o.SetContains(nil) }, func() { o.SetAdd(nil) }, func() { o.SetDiscard(nil) },
		func() { o.SetPop() }, func() { o.SetClear() },
		func() { o.Float64() }, func() { o.Long() }, func() { o.LongLong() }, func() { o.Ulong() }, func() { o.UlongLong() },
		func() { o.Uintptr() }, func() { o.LongAsFloat64() }, func() { o.LongAsVoidPtr() },
		func() { o.CStr() }, func() { o.Cstr() }, func() { o.CStrAndLen() },
		func() { o.ModuleGetDict() }, func() { o.TypeName() }, func() { o.TypeFlags() }, func() { o.TypeModule() },
		func() { o.CodeBytes() }, func() { o.CodeVarnames() }, func() { o.FuncCode() },
		func() { py.Import(nil) }, func() { py.NewFunc(nil, nil) }, func() { py.NewFuncWithQualName(nil, nil, nil) },
		func() { py.FloatFromSring(nil) }, func() { py.LongFromUnicode(nil, 0) },
		func() { py.EvalCode(nil, nil, nil) }, func() { py.EvalCodeEx(nil, nil, nil, nil, 0, nil, 0, nil, 0, nil, nil) },
		func() { py.CompileStringObject(c.Str("1"), nil, py.EvalInput, nil, 0) },
	} {
		wantError(t, "SystemError: null argument", f)
	}
	equal(t, o.Callable(), c.Int(0))
}

// TestReferences checks that List and Tuple neither steal nor leak.
func TestReferences(t *testing.T) {
	count := func(o *py.Object) int {
		n := eval(t, "__import__('sys').getrefcount").CallOneArg(o)
		defer n.DecRef()
		return int(n.Long())
	}
	o := eval(t, "object()")
	before := count(o)
	py.List(o, o, "x", o).DecRef()
	py.Tuple(o).DecRef()
	eval(t, "lambda *a: None").CallFunctionObjArgs(o, "x", o).DecRef()
	py.BuildValue(c.Str("(O{sO})"), o, "k", o).DecRef()
	wantError(t, "TypeError", func() { py.List(o, struct{}{}) })
	equal(t, count(o), before)
}
