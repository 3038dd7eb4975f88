package py

import (
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// https://docs.python.org/3/c-api/list.html

var (
	symListSize     = bootstrap.Sym{Name: "PyList_Size"}
	symListGetItem  = bootstrap.Sym{Name: "PyList_GetItem"}
	symListInsert   = bootstrap.Sym{Name: "PyList_Insert"}
	symListAppend   = bootstrap.Sym{Name: "PyList_Append"}
	symListGetSlice = bootstrap.Sym{Name: "PyList_GetSlice"}
	symListSetSlice = bootstrap.Sym{Name: "PyList_SetSlice"}
	symListSort     = bootstrap.Sym{Name: "PyList_Sort"}
	symListReverse  = bootstrap.Sym{Name: "PyList_Reverse"}
	symListAsTuple  = bootstrap.Sym{Name: "PyList_AsTuple"}
)

var lists = bootstrap.Container{
	New:     bootstrap.Sym{Name: "PyList_New"},
	SetItem: bootstrap.Sym{Name: "PyList_SetItem"},
}

// List returns a new list of the given values: *Object (a reference is taken),
// bool, integers, floats, strings, []byte, *c.Char, functions of a Python binding
// package; nil becomes None.
func List(__llgo_va_list ...any) *Object { return object(lists.Build(__llgo_va_list)) }

// NewList returns a new list of length len; its items must be set before use.
func NewList(len int) *Object { return object(lists.New.Call(uintptr(len))) }

// ListLen returns len(l), or -1 on failure.
func (l *Object) ListLen() int {
	if !present(l) {
		return -1
	}
	return int(symListSize.Call(ref(l)))
}

// ListItem returns l[index], borrowed; nil and IndexError if out of bounds.
func (l *Object) ListItem(index int) *Object {
	if !present(l) {
		return nil
	}
	return object(symListGetItem.Call(ref(l), uintptr(index)))
}

// ListSetItem sets l[index] and takes over the reference to item. It returns 0, or
// -1 on failure.
func (l *Object) ListSetItem(index int, item *Object) c.Int {
	if !present(l) {
		return -1
	}
	return c.Int(lists.SetItem.Call(ref(l), uintptr(index), ref(item)))
}

// ListInsert inserts item in front of index. It returns 0, or -1 on failure.
func (l *Object) ListInsert(index int, item *Object) c.Int {
	if !present(l) {
		return -1
	}
	return c.Int(symListInsert.Call(ref(l), uintptr(index), ref(item)))
}

// ListAppend appends item. It returns 0, or -1 on failure.
func (l *Object) ListAppend(item *Object) c.Int {
	if !present(l) {
		return -1
	}
	return c.Int(symListAppend.Call(ref(l), ref(item)))
}

// ListSlice returns l[low:high] as a new list, or nil on failure.
func (l *Object) ListSlice(low, high int) *Object {
	if !present(l) {
		return nil
	}
	return object(symListGetSlice.Call(ref(l), uintptr(low), uintptr(high)))
}

// ListSetSlice sets l[low:high] to the items of itemlist; nil deletes the slice.
// It returns 0, or -1 on failure.
func (l *Object) ListSetSlice(low, high int, itemlist *Object) c.Int {
	if !present(l) {
		return -1
	}
	return c.Int(symListSetSlice.Call(ref(l), uintptr(low), uintptr(high), ref(itemlist)))
}

// ListSort sorts l in place. It returns 0, or -1 on failure.
func (l *Object) ListSort() c.Int {
	if !present(l) {
		return -1
	}
	return c.Int(symListSort.Call(ref(l)))
}

// ListReverse reverses l in place. It returns 0, or -1 on failure.
func (l *Object) ListReverse() c.Int {
	if !present(l) {
		return -1
	}
	return c.Int(symListReverse.Call(ref(l)))
}

// ListAsTuple returns tuple(l), or nil on failure.
func (l *Object) ListAsTuple() *Object {
	if !present(l) {
		return nil
	}
	return object(symListAsTuple.Call(ref(l)))
}
