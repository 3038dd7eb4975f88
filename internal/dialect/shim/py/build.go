package py

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// builder reads one format string. After a failure it goes on to the end, because
// every N in the format gives up a reference; what it makes is dropped.
type builder struct {
	h      *bootstrap.Hold
	format string
	values []any
	failed bool
}

// items makes values until the closing bracket; 0 stands for the end of the format.
func (b *builder) items(closing byte) []uintptr {
	all := []uintptr{}
	for {
		b.format = strings.TrimLeft(b.format, " \t,:")
		if b.format == "" {
			if closing != 0 {
				b.fail("unmatched paren in format")
			}
			return all
		}
		code := b.format[0]
		b.format = b.format[1:]
		if code == closing {
			return all
		}
		o := b.item(code)
		if o == 0 {
			b.fail("value of format %q could not be made", code)
			continue
		}
		all = append(all, o)
	}
}

// item makes one value: a new reference, or 0.
func (b *builder) item(code byte) uintptr {
	switch code {
	case '(':
		return pack(b.h, &tuples, b.items(')'))
	case '[':
		return pack(b.h, &lists, b.items(']'))
	case '{':
		return b.dict(b.items('}'))
	case 's', 'z', 'U':
		return b.text(&symUnicodeFromStringAndSize)
	case 'y':
		return b.text(&symBytesFromStringAndSize)
	case 'u':
		return b.wide()
	case 'O', 'S', 'N':
		return b.object(code)
	}
	return b.number(code)
}

// number makes the formats that take a C integer or double.
func (b *builder) number(code byte) uintptr {
	switch code {
	case 'b', 'B', 'h', 'i':
		return b.h.FromGo(int32(b.integer()))
	case 'H', 'I':
		return b.h.FromGo(uint32(b.integer()))
	case 'l', 'L', 'n':
		return b.h.FromGo(int64(b.integer()))
	case 'k', 'K':
		return b.h.FromGo(b.integer())
	case 'p':
		return b.h.FromGo(b.integer() != 0)
	case 'c':
		return b.h.FromGo([]byte{byte(b.integer())})
	case 'C':
		return b.h.Call(&symFromOrdinal, uintptr(int32(b.integer())))
	case 'd', 'f':
		return b.h.FromGo(b.float())
	case 'D':
		return b.complex()
	}
	b.fail("bad format char %q passed to Py_BuildValue", code)
	return 0
}

// fail raises SystemError, unless something is raised already.
func (b *builder) fail(format string, args ...any) {
	b.failed = true
	if !b.h.Failed() && !bootstrap.Pending() {
		b.h.Raise(&symSystemError, fmt.Sprintf(format, args...))
	}
}

// next takes one argument; C would read beyond the list, we refuse.
func (b *builder) next() any {
	if len(b.values) == 0 {
		b.fail("not enough arguments for the format")
		return nil
	}
	v := b.values[0]
	b.values = b.values[1:]
	return v
}

// accept skips the modifier # or & if it comes next.
func (b *builder) accept(modifier byte) bool {
	if b.format == "" || b.format[0] != modifier {
		return false
	}
	b.format = b.format[1:]
	return true
}

// integer takes an argument of any integer type, or bool, sign-extended.
func (b *builder) integer() uint64 {
	v := reflect.ValueOf(b.next())
	switch {
	case v.IsValid() && v.CanInt():
		return uint64(v.Int())
	case v.IsValid() && v.CanUint():
		return v.Uint()
	case v.IsValid() && v.Kind() == reflect.Bool && v.Bool():
		return 1
	case v.IsValid() && v.Kind() == reflect.Bool:
		return 0
	}
	b.fail("an integer is required, not %v", typeName(v))
	return 0
}

// float takes an argument of a floating-point type, or an integer.
func (b *builder) float() float64 {
	v := reflect.ValueOf(b.next())
	switch {
	case v.IsValid() && v.CanFloat():
		return v.Float()
	case v.IsValid() && v.CanInt():
		return float64(v.Int())
	}
	b.fail("a float is required, not %v", typeName(v))
	return math.NaN()
}

func typeName(v reflect.Value) any {
	if !v.IsValid() {
		return "nil"
	}
	return v.Type()
}

var (
	symBytesFromStringAndSize = bootstrap.Sym{Name: "PyBytes_FromStringAndSize"}
	symFromOrdinal            = bootstrap.Sym{Name: "PyUnicode_FromOrdinal"}
	symFromWideChar           = bootstrap.Sym{Name: "PyUnicode_FromWideChar"}
)

// text makes a str or bytes of a C string, with # one of the given length; a nil
// pointer gives None.
func (b *builder) text(from *bootstrap.Sym) uintptr {
	v := b.next()
	data := cString(v)
	if data == nil {
		b.size(0)
		if p, ok := v.(*c.Char); v != nil && (!ok || p != nil) {
			b.fail("a string is required, not %T", v)
		}
		return b.h.IncRef(symNone.Addr())
	}
	length := int(c.Strlen(data))
	if s, ok := v.(string); ok {
		length = len(s) // it may hold NUL
	}
	return b.h.CallGo(from, uintptr(unsafe.Pointer(data)), uintptr(b.size(length)))
}

// size is the length given after #, or without # the given one.
func (b *builder) size(otherwise int) int {
	if b.accept('#') {
		return int(b.integer())
	}
	return otherwise
}

// wide makes a str of a wchar_t string.
func (b *builder) wide() uintptr {
	p := pointer(b.next())
	n := b.size(-1)
	if p == 0 {
		return b.h.IncRef(symNone.Addr())
	}
	return b.h.Call(&symFromWideChar, p, uintptr(n))
}

// complex makes a complex of a pointer to two doubles, or of a Go complex.
func (b *builder) complex() uintptr {
	switch v := b.next().(type) {
	case complex128, complex64:
		return b.h.FromGo(v)
	default:
		if p := pointer(v); p != 0 {
			return b.h.FromGo(*(*complex128)(bootstrap.Pointer(p)))
		}
	}
	b.fail("a complex is required")
	return 0
}

// object takes an object: O and S take a reference of their own, N takes over the
// caller's, O& makes one with a converter, a C function or func(c.Pointer) *Object.
func (b *builder) object(code byte) uintptr {
	v := b.next()
	if code == 'O' && b.accept('&') {
		arg := pointer(b.next())
		if f, ok := v.(func(c.Pointer) *Object); ok {
			return ref(f(bootstrap.Pointer(arg)))
		}
		return b.h.CallAddress(pointer(v), arg)
	}
	o, ok := v.(*Object)
	if !ok && v != nil {
		return b.h.FromGo(v) // a Go value where an object is wanted
	}
	if o == nil {
		b.fail("NULL object passed to Py_BuildValue")
		return 0
	}
	if code != 'N' {
		b.h.IncRef(ref(o))
	}
	return ref(o)
}

// dict makes a dictionary of keys and values in turn, which it takes over.
func (b *builder) dict(items []uintptr) uintptr {
	defer b.h.DecRef(items...)
	if len(items)%2 != 0 {
		b.fail("Bad dict format")
		return 0
	}
	d := b.h.Call(&symDictNew)
	for i := 0; i < len(items); i += 2 {
		if int32(b.h.Call(&symDictSetItem, d, items[i], items[i+1])) != 0 {
			b.h.DecRef(d)
			return 0
		}
	}
	return d
}

// pointer is the address in an argument of any pointer type, 0 for anything else.
func pointer(v any) uintptr {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.UnsafePointer:
		return uintptr(r.UnsafePointer())
	case reflect.Uintptr:
		return uintptr(r.Uint())
	}
	return 0
}
