package py

import (
	"reflect"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// https://docs.python.org/3/c-api/object.html

// Object represents a Python object. Its memory is CPython's, so a *Object is kept
// alive by its reference count and not by Go.
type Object struct {
	Unused [0]byte
}

func init() { bootstrap.SetObjectType(reflect.TypeOf((*Object)(nil))) }

// ref is o as an argument of a C function.
func ref(o *Object) uintptr { return uintptr(unsafe.Pointer(o)) }

// object is the result of a C function.
func object(r uintptr) *Object { return (*Object)(bootstrap.Pointer(r)) }

// present reports whether all objects are there; if one is not, it raises
// SystemError with the words of CPython's own check.
func present(objects ...*Object) bool {
	for _, o := range objects {
		if o == nil {
			bootstrap.Raise(&symSystemError, "null argument to internal routine")
			return false
		}
	}
	return true
}

// status is the result of a C function that returns an int in place of an object:
// nil for 0. Upstream declares a few of them so.
func status(r uintptr) *Object { return object(uintptr(int32(r))) }

var (
	symSystemError   = bootstrap.Sym{Name: "PyExc_SystemError"}
	symDecRef        = bootstrap.Sym{Name: "Py_DecRef"}
	symType          = bootstrap.Sym{Name: "PyObject_Type"}
	symStr           = bootstrap.Sym{Name: "PyObject_Str"}
	symIsTrue        = bootstrap.Sym{Name: "PyObject_IsTrue"}
	symNot           = bootstrap.Sym{Name: "PyObject_Not"}
	symGetAttr       = bootstrap.Sym{Name: "PyObject_GetAttr"}
	symGetAttrString = bootstrap.Sym{Name: "PyObject_GetAttrString"}
)

// DecRef drops a reference to o. It may be called with nil, and while an exception
// is pending.
func (o *Object) DecRef() {
	if o != nil {
		symDecRef.CallQuietly(ref(o))
	}
}

// Type returns the type of o, a new reference.
func (o *Object) Type() *Object {
	if !present(o) {
		return nil
	}
	return object(symType.Call(ref(o)))
}

// Str returns str(o), or nil on failure.
func (o *Object) Str() *Object {
	if !present(o) {
		return nil
	}
	return object(symStr.Call(ref(o)))
}

// IsTrue returns 1 if o is considered true, 0 if not, -1 on failure.
func (o *Object) IsTrue() c.Int {
	if !present(o) {
		return -1
	}
	return c.Int(symIsTrue.Call(ref(o)))
}

// NotTrue returns 0 if o is considered true, 1 if not, -1 on failure.
func (o *Object) NotTrue() c.Int {
	if !present(o) {
		return -1
	}
	return c.Int(symNot.Call(ref(o)))
}

// GetAttr returns the attribute of o named by a str object, or nil on failure.
func (o *Object) GetAttr(attrName *Object) *Object {
	if !present(o, attrName) {
		return nil
	}
	return object(symGetAttr.Call(ref(o), ref(attrName)))
}

// GetAttrString returns the attribute of o named by a C string, or nil on failure.
func (o *Object) GetAttrString(attrName *c.Char) *Object {
	if !present(o) {
		return nil
	}
	return object(symGetAttrString.CallGo(ref(o), uintptr(unsafe.Pointer(attrName))))
}

// attr is GetAttrString for a name given by Go code.
func attr(o *Object, name string) *Object { return o.GetAttrString(c.Str(name)) }
