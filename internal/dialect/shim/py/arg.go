package py

import (
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// https://docs.python.org/3/c-api/arg.html

// BuildValue creates a value from a format string and Go values that stand for the
// C arguments; nil, with an exception, on failure.
//
// Py_BuildValue reads C varargs, which cannot be passed portably without a C
// compiler, so its formats are implemented here, all of them: s z U y u with and
// without #, b B h H i I l k L K n c C p d f D, O S N O&, (…) […] {…}. A format
// without items gives None, with one item that item, otherwise a tuple. Integers
// and floats may be of any Go type; they are cut to the size of the C type. Strings
// may be *c.Char or Go strings.
func BuildValue(format *c.Char, __llgo_va_list ...any) *Object {
	h := bootstrap.Acquire()
	defer h.Release()
	items := buildAll(h, c.GoString(format), __llgo_va_list)
	switch {
	case items == nil:
		return nil
	case len(items) == 0:
		return object(h.IncRef(symNone.Addr()))
	case len(items) == 1:
		return object(items[0])
	}
	return object(pack(h, &tuples, items))
}

// buildTuple is BuildValue for the arguments of a call: always a tuple, and a
// single item that is a tuple gives its items (so does PyObject_CallFunction).
func buildTuple(h *bootstrap.Hold, format string, values []any) uintptr {
	items := buildAll(h, format, values)
	if items == nil {
		return 0
	}
	if len(items) == 1 && int32(h.Call(&symIsInstance, items[0], symTupleType.Addr())) == 1 {
		return items[0]
	}
	return pack(h, &tuples, items)
}

// buildAll makes all items of a format: new references, nil after an exception.
func buildAll(h *bootstrap.Hold, format string, values []any) []uintptr {
	b := &builder{h: h, format: format, values: values}
	items := b.items(0)
	if b.failed {
		h.DecRef(items...)
		return nil
	}
	return items
}

var (
	symIsInstance = bootstrap.Sym{Name: "PyObject_IsInstance"}
	symTupleType  = bootstrap.Sym{Name: "PyTuple_Type"}
)

// pack makes a container of items, whose references it takes over.
func pack(h *bootstrap.Hold, kind *bootstrap.Container, items []uintptr) uintptr {
	o := h.Call(&kind.New, uintptr(len(items)))
	if o == 0 {
		h.DecRef(items...)
		return 0
	}
	for i, item := range items {
		h.Call(&kind.SetItem, o, uintptr(i), item)
	}
	return o
}
