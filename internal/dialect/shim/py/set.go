package py

import "github.com/llgo-pypack/llgo-pypack/internal/bootstrap"

// https://docs.python.org/3/c-api/set.html

var (
	symSetNew      = bootstrap.Sym{Name: "PySet_New"}
	symSetSize     = bootstrap.Sym{Name: "PySet_Size"}
	symSetContains = bootstrap.Sym{Name: "PySet_Contains"}
	symSetAdd      = bootstrap.Sym{Name: "PySet_Add"}
	symSetDiscard  = bootstrap.Sym{Name: "PySet_Discard"}
	symSetPop      = bootstrap.Sym{Name: "PySet_Pop"}
	symSetClear    = bootstrap.Sym{Name: "PySet_Clear"}
)

// NewSet returns a new set of the objects of an iterable; nil gives an empty set.
func NewSet(iterable *Object) *Object { return object(symSetNew.Call(ref(iterable))) }

// SetLen returns len(s), or -1 on failure.
func (s *Object) SetLen() int {
	if !present(s) {
		return -1
	}
	return int(symSetSize.Call(ref(s)))
}

// SetContains returns 1 if key is in s, 0 if not, -1 on failure.
func (s *Object) SetContains(key *Object) int {
	if !present(s, key) {
		return -1
	}
	return int(int32(symSetContains.Call(ref(s), ref(key))))
}

// SetAdd adds key. It returns 0, or -1 on failure.
func (s *Object) SetAdd(key *Object) int {
	if !present(s, key) {
		return -1
	}
	return int(int32(symSetAdd.Call(ref(s), ref(key))))
}

// SetDiscard removes key. It returns 1 if it was there, 0 if not, -1 on failure.
func (s *Object) SetDiscard(key *Object) int {
	if !present(s, key) {
		return -1
	}
	return int(int32(symSetDiscard.Call(ref(s), ref(key))))
}

// SetPop removes and returns an arbitrary object; nil and KeyError if s is empty.
func (s *Object) SetPop() *Object {
	if !present(s) {
		return nil
	}
	return object(symSetPop.Call(ref(s)))
}

// SetClear empties s. The result is C's int in a pointer: nil on success,
// otherwise -1, with an exception.
func (s *Object) SetClear() *Object {
	if !present(s) {
		return object(^uintptr(0))
	}
	return status(symSetClear.Call(ref(s)))
}
