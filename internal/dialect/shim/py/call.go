package py

import (
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// https://docs.python.org/3/c-api/call.html

var (
	symCallable         = bootstrap.Sym{Name: "PyCallable_Check"}
	symCall             = bootstrap.Sym{Name: "PyObject_Call"}
	symCallNoArgs       = bootstrap.Sym{Name: "PyObject_CallNoArgs"}
	symCallObject       = bootstrap.Sym{Name: "PyObject_CallObject"}
	symVectorcall       = bootstrap.Sym{Name: "PyObject_Vectorcall"} // 3.11+; a macro before
	symVectorcallDict   = bootstrap.Sym{Name: "PyObject_VectorcallDict"}
	symVectorcallMethod = bootstrap.Sym{Name: "PyObject_VectorcallMethod"}
)

// Callable returns 1 if o can be called, else 0. It always succeeds.
func (o *Object) Callable() c.Int { return c.Int(symCallable.Call(ref(o))) }

// Call returns o(*args, **kwargs), or nil on failure. args is a tuple; kwargs a
// dictionary or nil.
func (o *Object) Call(args, kwargs *Object) *Object {
	if !present(o, args) {
		return nil
	}
	return object(symCall.Call(ref(o), ref(args), ref(kwargs)))
}

// CallNoArgs returns o(), or nil on failure.
func (o *Object) CallNoArgs() *Object {
	if !present(o) {
		return nil
	}
	return object(symCallNoArgs.Call(ref(o)))
}

// CallOneArg returns o(arg), or nil on failure.
func (o *Object) CallOneArg(arg *Object) *Object {
	if !present(o, arg) {
		return nil
	}
	return object(bootstrap.CallObject(ref(o), []unsafe.Pointer{unsafe.Pointer(arg)}))
}

// CallObject returns o(*args), or nil on failure. args is a tuple, or nil for none.
func (o *Object) CallObject(args *Object) *Object {
	if !present(o) {
		return nil
	}
	return object(symCallObject.Call(ref(o), ref(args)))
}

// CallFunction returns o(...) with arguments built by BuildValue's rules; format
// may be nil for none. A format that builds one tuple gives its items as arguments.
func (o *Object) CallFunction(format *c.Char, __llgo_va_list ...any) *Object {
	if !present(o) {
		return nil
	}
	h := bootstrap.Acquire()
	defer h.Release()
	args := buildTuple(h, c.GoString(format), __llgo_va_list)
	if args == 0 {
		return nil
	}
	defer h.DecRef(args)
	return object(h.Call(&symCallObject, ref(o), args))
}

// CallFunctionObjArgs returns o(arg1, arg2, ...), or nil on failure; nil ends the
// list. Besides objects the arguments may be Go values, as for List.
func (o *Object) CallFunctionObjArgs(__llgo_va_list ...any) *Object {
	if !present(o) {
		return nil
	}
	return object(bootstrap.CallValues(ref(o), nil, __llgo_va_list))
}

// CallMethod is CallFunction for the method of o with that name.
func (o *Object) CallMethod(name *c.Char, format *c.Char, __llgo_va_list ...any) *Object {
	method := o.GetAttrString(name)
	if method == nil {
		return nil
	}
	defer method.DecRef()
	return method.CallFunction(format, __llgo_va_list...)
}

// CallMethodObjArgs is CallFunctionObjArgs for the method of o whose name is the
// str object name.
func (o *Object) CallMethodObjArgs(name *Object, __llgo_va_list ...any) *Object {
	method := o.GetAttr(name)
	if method == nil {
		return nil
	}
	defer method.DecRef()
	return method.CallFunctionObjArgs(__llgo_va_list...)
}

// argumentsOffset is the flag in nargs that lends the word before the array (PEP 590).
const argumentsOffset = 1 << 63

// Vectorcall calls o with nargs positional arguments from the array args, followed
// by one value for each name in the tuple kwnames, which may be nil.
func (o *Object) Vectorcall(args **Object, nargs uintptr, kwnames *Object) *Object {
	if !present(o) {
		return nil
	}
	if symVectorcall.Available() {
		return object(symVectorcall.CallGo(ref(o), uintptr(unsafe.Pointer(args)), nargs, ref(kwnames)))
	}
	if kwnames == nil {
		return o.VectorcallDict(args, nargs, nil)
	}
	named := keywords(args, nargs&^argumentsOffset, kwnames)
	defer named.DecRef()
	return o.VectorcallDict(args, nargs, named)
}

// keywords turns the named arguments of a vectorcall into a dictionary.
func keywords(args **Object, nargs uintptr, names *Object) *Object {
	dict := NewDict()
	values := unsafe.Slice(args, int(nargs)+names.TupleLen())[nargs:]
	for i, v := range values {
		dict.DictSetItem(names.TupleItem(i), v)
	}
	return dict
}

// VectorcallDict is Vectorcall with the named arguments in a dictionary, or nil.
func (o *Object) VectorcallDict(args **Object, nargs uintptr, kwdict *Object) *Object {
	if !present(o) {
		return nil
	}
	return object(symVectorcallDict.CallGo(ref(o), uintptr(unsafe.Pointer(args)), nargs, ref(kwdict)))
}

// VectorcallMethod calls the method named by a str object; args[0] is the object
// it belongs to and counts in nargs.
func (o *Object) VectorcallMethod(name *Object, args **Object, nargs uintptr, kwnames *Object) *Object {
	if !present(name) {
		return nil
	}
	return object(symVectorcallMethod.CallGo(ref(name), uintptr(unsafe.Pointer(args)), nargs, ref(kwnames)))
}
