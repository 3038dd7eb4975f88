// Package bind is what translated binding packages call.
//
// A binding package of the dialect names a Python module and gives Go names to its
// attributes. Translated for stock Go it is plain data and one-line functions:
//
//	var llgo_py_Add = bind.Attr{Module: "numpy", Name: "add", Func: "numpy.Add"}
//
//	func Add(x, y *py.Object) *py.Object { return llgo_py_Add.Call(x, y) }
//
// Attr values are static data: a package of a thousand functions costs nothing at
// start. The module is imported and the attribute looked up when it is first used;
// then the object is kept for good, as llgo keeps it.
package bind

import (
	"reflect"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/py"
)

func init() { bootstrap.HidePackage(reflect.TypeOf(Attr{})) }

// Attr is an attribute of a Python module.
type Attr struct {
	Module string // absolute name: "numpy", "os.path"
	Name   string // may be dotted: "linalg.det"
	Func   string // the Go function or variable it stands for, for messages
	slot   slot
}

// slot holds a strong reference once it is known. Two goroutines may both find it;
// the objects are the same, and a second reference kept for good does no harm.
type slot struct{ object uintptr }

func (s *slot) load() uintptr   { return atomic.LoadUintptr(&s.object) }
func (s *slot) store(o uintptr) { atomic.StoreUintptr(&s.object, o) }

// Call calls the attribute with positional arguments; the first nil ends the list,
// which is how optional arguments are left out. It returns a new reference, or nil
// with an exception.
func (a *Attr) Call(args ...*py.Object) *py.Object {
	callable := a.resolve()
	if callable == 0 {
		return nil
	}
	return object(bootstrap.CallObject(callable, untilNil(args)))
}

// CallVar is Call for a function with a variable argument list: the fixed
// arguments, then the values of the list. These may be Go values (see py.List) or
// binding functions. The first nil ends the list.
func (a *Attr) CallVar(list []any, fixed ...*py.Object) *py.Object {
	callable := a.resolve()
	if callable == 0 {
		return nil
	}
	given := untilNil(fixed)
	if len(given) < len(fixed) {
		list = nil
	}
	return object(bootstrap.CallValues(callable, given, list))
}

// Exec is Call for a Go function without a result.
func (a *Attr) Exec(args ...*py.Object) { a.Call(args...).DecRef() }

// ExecVar is CallVar for a Go function without a result.
func (a *Attr) ExecVar(list []any, fixed ...*py.Object) { a.CallVar(list, fixed...).DecRef() }

// List makes a slice of fixed arguments, to which a variadic parameter is appended.
func List(fixed ...*py.Object) []*py.Object { return fixed }

// Get returns the attribute itself, a new reference, for a Go variable that stands
// for it; nil with an exception if there is none.
func (a *Attr) Get() *py.Object {
	o := a.resolve()
	if o != 0 {
		symIncRef.Call(o)
	}
	return object(o)
}

var symIncRef = bootstrap.Sym{Name: "Py_IncRef"}

func object(r uintptr) *py.Object { return (*py.Object)(bootstrap.Pointer(r)) }

// untilNil is args up to the first nil. A *py.Object and an unsafe.Pointer are the
// same word.
func untilNil(args []*py.Object) []unsafe.Pointer {
	for i, a := range args {
		if a == nil {
			args = args[:i]
			break
		}
	}
	return unsafe.Slice((*unsafe.Pointer)(unsafe.Pointer(unsafe.SliceData(args))), len(args))
}

// resolve returns the object of the attribute, borrowed; 0 with an exception that
// names the Go function in a note.
func (a *Attr) resolve() uintptr {
	if o := a.slot.load(); o != 0 {
		return o
	}
	o := a.find()
	if o == 0 {
		bootstrap.Annotate("needed by " + a.Func + " in Go")
		return 0
	}
	a.slot.store(o)
	return o
}

var (
	symImport  = bootstrap.Sym{Name: "PyImport_ImportModule"}
	symGetAttr = bootstrap.Sym{Name: "PyObject_GetAttrString"}
)

// find imports the module and walks the name; a new reference, or 0.
func (a *Attr) find() uintptr {
	h := bootstrap.Acquire()
	defer h.Release()
	o := h.CallString(&symImport, a.Module)
	for _, name := range strings.Split(a.Name, ".") {
		if o == 0 {
			return 0
		}
		next := h.CallString(&symGetAttr, name, o)
		h.DecRef(o)
		o = next
	}
	return o
}

// Register tells the conversion of Go values about a binding package by its import
// path ("main" for that one), so that one of its functions, given as a value,
// becomes the Python function. lookup returns the attribute behind a Go function's
// name, or nil.
func Register(pkg string, lookup func(name string) *Attr) {
	bootstrap.RegisterBindings(pkg, func(name string) (uintptr, bool) {
		a := lookup(name)
		if a == nil {
			return 0, false
		}
		return a.resolve(), true
	})
}
