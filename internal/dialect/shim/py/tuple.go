package py

import "github.com/llgo-pypack/llgo-pypack/internal/bootstrap"

// https://docs.python.org/3/c-api/tuple.html

var (
	symTupleSize     = bootstrap.Sym{Name: "PyTuple_Size"}
	symTupleGetItem  = bootstrap.Sym{Name: "PyTuple_GetItem"}
	symTupleGetSlice = bootstrap.Sym{Name: "PyTuple_GetSlice"}
)

var tuples = bootstrap.Container{
	New:     bootstrap.Sym{Name: "PyTuple_New"},
	SetItem: bootstrap.Sym{Name: "PyTuple_SetItem"},
}

// Tuple returns a new tuple of the given values, which List describes.
func Tuple(__llgo_va_list ...any) *Object { return object(tuples.Build(__llgo_va_list)) }

// NewTuple returns a new tuple of size len; its items must be set before use.
func NewTuple(len int) *Object { return object(tuples.New.Call(uintptr(len))) }

// TupleLen returns len(t), or -1 on failure.
func (t *Object) TupleLen() int {
	if !present(t) {
		return -1
	}
	return int(symTupleSize.Call(ref(t)))
}

// TupleItem returns t[index], borrowed; nil and IndexError if out of bounds.
func (t *Object) TupleItem(index int) *Object {
	if !present(t) {
		return nil
	}
	return object(symTupleGetItem.Call(ref(t), uintptr(index)))
}

// TupleSetItem sets t[index] of a tuple nobody has seen yet and takes over the
// reference to o. It returns 0, or -1 on failure.
func (t *Object) TupleSetItem(index int, o *Object) int {
	if !present(t) {
		return -1
	}
	return int(int32(tuples.SetItem.Call(ref(t), uintptr(index), ref(o))))
}

// TupleSlice returns l[low:high] as a new tuple, or nil on failure.
func (l *Object) TupleSlice(low, high int) *Object {
	if !present(l) {
		return nil
	}
	return object(symTupleGetSlice.Call(ref(l), uintptr(low), uintptr(high)))
}
