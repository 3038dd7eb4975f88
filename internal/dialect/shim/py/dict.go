package py

import "github.com/llgo-pypack/llgo-pypack/internal/bootstrap"

// https://docs.python.org/3/c-api/dict.html

var (
	symDictNew     = bootstrap.Sym{Name: "PyDict_New"}
	symDictKeys    = bootstrap.Sym{Name: "PyDict_Keys"}
	symDictValues  = bootstrap.Sym{Name: "PyDict_Values"}
	symDictItems   = bootstrap.Sym{Name: "PyDict_Items"}
	symDictSetItem = bootstrap.Sym{Name: "PyDict_SetItem"}
	symDictGetItem = bootstrap.Sym{Name: "PyDict_GetItem"}
	symDictSize    = bootstrap.Sym{Name: "PyDict_Size"}
)

// NewDict returns a new empty dictionary, or nil on failure.
func NewDict() *Object { return object(symDictNew.Call()) }

// DictKeys returns a list of the keys.
func (d *Object) DictKeys() *Object {
	if !present(d) {
		return nil
	}
	return object(symDictKeys.Call(ref(d)))
}

// DictValues returns a list of the values.
func (d *Object) DictValues() *Object {
	if !present(d) {
		return nil
	}
	return object(symDictValues.Call(ref(d)))
}

// DictItems returns a list of the items.
func (d *Object) DictItems() *Object {
	if !present(d) {
		return nil
	}
	return object(symDictItems.Call(ref(d)))
}

// DictSetItem sets d[key] = val. The result is C's int in a pointer: nil on
// success, otherwise -1, with an exception.
func (d *Object) DictSetItem(key *Object, val *Object) *Object {
	if !present(d, key, val) {
		return object(^uintptr(0))
	}
	return status(symDictSetItem.Call(ref(d), ref(key), ref(val)))
}

// DictGetItem returns d[key], borrowed; nil without an exception if there is none.
func (d *Object) DictGetItem(key *Object) *Object {
	if !present(d, key) {
		return nil
	}
	return object(symDictGetItem.Call(ref(d), ref(key)))
}

// DictSize returns len(d), or -1 on failure.
func (d *Object) DictSize() int {
	if !present(d) {
		return -1
	}
	return int(symDictSize.Call(ref(d)))
}
