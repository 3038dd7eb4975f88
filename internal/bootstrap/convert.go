package bootstrap

import (
	"fmt"
	"reflect"
	"runtime"
	"unsafe"
)

// Go values become Python objects where a function takes "any": bool, every
// integer and float, complex, string, []byte (bytes), *c.Char (str), *py.Object
// (itself), a binding function (the Python function), nil (None).

var (
	symFromLongLong  = Sym{Name: "PyLong_FromLongLong"}
	symFromULongLong = Sym{Name: "PyLong_FromUnsignedLongLong"}
	symFromDouble    = Sym{Name: "PyFloat_FromDouble"}
	symFromCString   = Sym{Name: "PyUnicode_FromString"}
	symFromBytes     = Sym{Name: "PyBytes_FromStringAndSize"}
	symComplexType   = Sym{Name: "PyComplex_Type"}
	symTypeError     = Sym{Name: "PyExc_TypeError"}
)

// objectType is *py.Object; that package imports this one, so it says so itself.
var objectType reflect.Type

// SetObjectType tells the conversion which Go type a Python object has.
func SetObjectType(t reflect.Type) {
	objectType = t
	HidePackage(t.Elem())
}

// AsObject returns the pointer if v is a *py.Object.
func AsObject(v any) (unsafe.Pointer, bool) {
	if v == nil || reflect.TypeOf(v) != objectType {
		return nil, false
	}
	return reflect.ValueOf(v).UnsafePointer(), true
}

// IsNil reports whether v is nil or a nil *py.Object, which ends an argument list.
func IsNil(v any) bool {
	if v == nil {
		return true
	}
	p, ok := AsObject(v)
	return ok && p == nil
}

var charType = reflect.TypeOf((*int8)(nil))

// stepFor describes the one C call that converts v; ok is false for values that
// need more. For an object the call takes a reference and returns nothing: see
// result.
func stepFor(v any) (s step, ok bool) {
	switch v := v.(type) {
	case int:
		return step{fn: symFromLongLong.Addr(), args: [maxArgs]uintptr{uintptr(v)}}, true
	case float64:
		return step{fn: symFromDouble.Addr(), x: v}, true
	case string:
		return step{fn: symStr.Addr(), args: [maxArgs]uintptr{
			uintptr(unsafe.Pointer(unsafe.StringData(v))), uintptr(len(v))}}, true
	case nil:
		return increment(symNone.Addr()), true
	}
	return stepForKind(reflect.ValueOf(v))
}

func stepForKind(v reflect.Value) (s step, ok bool) {
	switch v.Kind() {
	case reflect.Bool:
		return step{fn: symBool.Addr(), args: [maxArgs]uintptr{boolArg(v.Bool())}}, true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return step{fn: symFromLongLong.Addr(), args: [maxArgs]uintptr{uintptr(v.Int())}}, true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return step{fn: symFromULongLong.Addr(), args: [maxArgs]uintptr{uintptr(v.Uint())}}, true
	case reflect.Float32, reflect.Float64:
		return step{fn: symFromDouble.Addr(), x: v.Float()}, true
	case reflect.String:
		return stepFor(v.String())
	case reflect.Pointer:
		return stepForPointer(v)
	}
	return step{}, false
}

func stepForPointer(v reflect.Value) (s step, ok bool) {
	switch p := uintptr(v.UnsafePointer()); {
	case p == 0:
		return increment(symNone.Addr()), true
	case v.Type() == objectType:
		return increment(p), true
	case v.Type() == charType:
		return step{fn: symFromCString.Addr(), args: [maxArgs]uintptr{p}}, true
	}
	return step{}, false
}

func increment(o uintptr) step {
	return step{fn: symIncRef.Addr(), args: [maxArgs]uintptr{o}}
}

// result is the new reference a step has made, 0 after an exception.
func (s *step) result() uintptr {
	if s.fn == symIncRef.Addr() {
		return s.args[0]
	}
	return s.ret
}

// FromGo returns a new reference to a Python object for v, or 0 with an exception.
func (h *Hold) FromGo(v any) uintptr {
	kept := []any{v} // strings are passed by address: keep them off the stack
	s, ok := stepFor(kept[0])
	if !ok {
		return h.fromCompound(reflect.ValueOf(v))
	}
	h.f.own[0] = s
	h.step()
	runtime.KeepAlive(kept)
	return h.f.own[0].result()
}

// fromCompound converts what takes more than one C call.
func (h *Hold) fromCompound(v reflect.Value) uintptr {
	switch v.Kind() {
	case reflect.Complex64, reflect.Complex128:
		c := v.Complex()
		re, im := h.CallFloat(&symFromDouble, real(c)), h.CallFloat(&symFromDouble, imag(c))
		defer h.DecRef(re, im)
		return h.CallObject(symComplexType.Addr(), re, im)
	case reflect.Slice:
		if b, ok := v.Interface().([]byte); ok {
			return h.CallGo(&symFromBytes, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		}
	case reflect.Func:
		if o, found := lookupBinding(v.Pointer()); found {
			if o != 0 {
				h.IncRef(o)
			}
			return o
		}
	}
	h.Raise(&symTypeError, fmt.Sprintf("a Go value of type %s has no Python form", v.Type()))
	return 0
}

// convert makes steps for all values; those that take more are converted at once,
// under a hold of their own, and enter the list as a finished object.
// compound collects these, for the caller to drop.
func convert(values []any, steps []step) (all []step, compound []uintptr, ok bool) {
	for _, v := range values {
		s, simple := stepFor(v)
		if !simple {
			h := Acquire()
			o := h.FromGo(v)
			h.Release()
			if o == 0 {
				return steps, compound, false
			}
			compound, s = append(compound, o), increment(o)
		}
		steps = append(steps, s)
	}
	return steps, compound, true
}

// Container is a Python type that is filled item by item.
type Container struct{ New, SetItem Sym }

// Build makes a container of Go values and returns a new reference, or 0. It is
// two crossings, however many values there are: one creates the container and all
// items, one puts the items in (SetItem takes them over).
func (c *Container) Build(values []any) uintptr {
	kept := append(make([]any, 0, len(values)), values...) // off the stack, as in FromGo
	first := step{fn: c.New.Addr(), args: [maxArgs]uintptr{uintptr(len(kept))}}
	steps, compound, ok := convert(kept, append(make([]step, 0, len(kept)+1), first))
	defer dropAll(compound)
	if !ok {
		return 0
	}
	h := acquireWith(steps)
	container, failed := steps[0].ret, steps[0].ret == 0
	fill := make([]step, len(kept))
	for i := range fill {
		item := steps[i+1].result()
		failed = failed || item == 0
		fill[i] = step{fn: c.SetItem.Addr(), args: [maxArgs]uintptr{container, uintptr(i), item}}
	}
	runtime.KeepAlive(kept)
	if failed {
		h.abandon(steps)
		return 0
	}
	h.releaseWith(fill)
	return container
}

// abandon drops what the steps have made and keeps the first exception.
func (h *Hold) abandon(steps []step) {
	for i := range steps {
		h.DecRef(steps[i].result())
	}
	h.Release()
}

func dropAll(objects []uintptr) {
	for _, o := range objects {
		symDecRef.CallQuietly(o)
	}
}

// CallValues calls a Python object with the given objects, then Go values; the
// first nil ends the list. It returns a new reference, or 0.
func CallValues(callable uintptr, fixed []unsafe.Pointer, values []any) uintptr {
	args, plain := appendObjects(fixed, values)
	if plain {
		return CallObject(callable, args)
	}
	h := Acquire()
	defer h.Release()
	vec := make([]uintptr, 0, len(fixed)+len(values))
	for _, p := range fixed {
		vec = append(vec, uintptr(p))
	}
	made := vec[len(vec):]
	for _, v := range values {
		if IsNil(v) {
			break
		}
		o := h.FromGo(v)
		if o == 0 {
			h.DecRef(made...)
			return 0
		}
		made = append(made, o)
	}
	r := h.CallObject(callable, vec[:len(fixed)+len(made)]...)
	h.DecRef(made...)
	return r
}

// appendObjects adds values to objects up to the first nil; plain is false if one
// of them is not a *py.Object.
func appendObjects(objects []unsafe.Pointer, values []any) (all []unsafe.Pointer, plain bool) {
	if len(values) == 0 {
		return objects, true
	}
	all = append(make([]unsafe.Pointer, 0, len(objects)+len(values)), objects...)
	for _, v := range values {
		if IsNil(v) {
			break
		}
		p, ok := AsObject(v)
		if !ok {
			return nil, false
		}
		all = append(all, p)
	}
	return all, true
}
