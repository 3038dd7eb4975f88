package py

import (
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// https://docs.python.org/3/c-api/long.html

var (
	symLongFromLong      = bootstrap.Sym{Name: "PyLong_FromLong"}
	symLongFromLongLong  = bootstrap.Sym{Name: "PyLong_FromLongLong"}
	symLongFromULong     = bootstrap.Sym{Name: "PyLong_FromUnsignedLong"}
	symLongFromULongLong = bootstrap.Sym{Name: "PyLong_FromUnsignedLongLong"}
	symLongFromSize      = bootstrap.Sym{Name: "PyLong_FromSize_t"}
	symLongFromDouble    = bootstrap.Sym{Name: "PyLong_FromDouble"}
	symLongFromVoidPtr   = bootstrap.Sym{Name: "PyLong_FromVoidPtr"}
	symLongFromString    = bootstrap.Sym{Name: "PyLong_FromString"}
	symLongFromUnicode   = bootstrap.Sym{Name: "PyLong_FromUnicodeObject"}
	symLongAsLong        = bootstrap.Sym{Name: "PyLong_AsLong"}
	symLongAsLongLong    = bootstrap.Sym{Name: "PyLong_AsLongLong"}
	symLongAsULong       = bootstrap.Sym{Name: "PyLong_AsUnsignedLong"}
	symLongAsULongLong   = bootstrap.Sym{Name: "PyLong_AsUnsignedLongLong"}
	symLongAsSize        = bootstrap.Sym{Name: "PyLong_AsSize_t"}
	symLongAsDouble      = bootstrap.Sym{Name: "PyLong_AsDouble"}
	symLongAsVoidPtr     = bootstrap.Sym{Name: "PyLong_AsVoidPtr"}
)

// Long returns an int object.
func Long(v c.Long) *Object { return object(symLongFromLong.Call(uintptr(v))) }

// LongLong returns an int object.
func LongLong(v c.LongLong) *Object { return object(symLongFromLongLong.Call(uintptr(v))) }

// Ulong returns an int object.
func Ulong(v c.Ulong) *Object { return object(symLongFromULong.Call(uintptr(v))) }

// UlongLong returns an int object.
func UlongLong(v c.UlongLong) *Object { return object(symLongFromULongLong.Call(uintptr(v))) }

// Uintptr returns an int object.
func Uintptr(v uintptr) *Object { return object(symLongFromSize.Call(v)) }

// LongFromFloat64 returns the integer part of v as an int object.
func LongFromFloat64(v float64) *Object { return object(symLongFromDouble.CallFloat(v)) }

// LongFromVoidPtr returns an address as an int object.
func LongFromVoidPtr(v c.Pointer) *Object { return object(symLongFromVoidPtr.Call(uintptr(v))) }

// LongFromCStr reads an integer in the given base from a C string, with nothing but
// white space around it; *pend, if pend is not nil, is set to the end.
func LongFromCStr(v *c.Char, pend **c.Char, base c.Int) *Object {
	return object(symLongFromString.CallGo(uintptr(unsafe.Pointer(v)), uintptr(unsafe.Pointer(pend)), uintptr(base)))
}

// LongFromUnicode reads an integer in the given base from a str object.
func LongFromUnicode(v *Object, base c.Int) *Object {
	if !present(v) {
		return nil
	}
	return object(symLongFromUnicode.Call(ref(v), uintptr(base)))
}

// integer calls a conversion; without an object it gives what C gives on failure.
func (o *Object) integer(s *bootstrap.Sym) uintptr {
	if !present(o) {
		return ^uintptr(0)
	}
	return s.Call(ref(o))
}

// Long returns the value of an int object; -1 with an exception on failure.
func (l *Object) Long() c.Long { return c.Long(l.integer(&symLongAsLong)) }

// LongLong returns the value of an int object; -1 with an exception on failure.
func (l *Object) LongLong() c.LongLong { return c.LongLong(l.integer(&symLongAsLongLong)) }

// Ulong returns the value of an int object; all bits set with an exception on failure.
func (l *Object) Ulong() c.Ulong { return c.Ulong(l.integer(&symLongAsULong)) }

// UlongLong returns the value of an int object; all bits set with an exception on failure.
func (l *Object) UlongLong() c.UlongLong { return c.UlongLong(l.integer(&symLongAsULongLong)) }

// Uintptr returns the value of an int object; all bits set with an exception on failure.
func (l *Object) Uintptr() uintptr { return l.integer(&symLongAsSize) }

// LongAsFloat64 returns the value of an int object; -1 with an exception on failure.
func (l *Object) LongAsFloat64() float64 {
	if !present(l) {
		return -1
	}
	return symLongAsDouble.Float(ref(l))
}

// LongAsVoidPtr returns the address an int object holds; nil with an exception on failure.
func (l *Object) LongAsVoidPtr() c.Pointer {
	if !present(l) {
		return nil
	}
	return bootstrap.Pointer(symLongAsVoidPtr.Call(ref(l)))
}
