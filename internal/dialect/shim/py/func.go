package py

import "github.com/llgo-pypack/llgo-pypack/internal/bootstrap"

// https://docs.python.org/3/c-api/function.html

var (
	symFuncNew         = bootstrap.Sym{Name: "PyFunction_New"}
	symFuncNewWithName = bootstrap.Sym{Name: "PyFunction_NewWithQualName"}
	symFuncGetCode     = bootstrap.Sym{Name: "PyFunction_GetCode"}
)

// NewFunc returns a function object for a code object; globals is a dictionary
// with the global variables the function sees.
func NewFunc(code, globals *Object) *Object {
	if !present(code, globals) {
		return nil
	}
	return object(symFuncNew.Call(ref(code), ref(globals)))
}

// NewFuncWithQualName is NewFunc with a __qualname__; nil takes the code object's.
func NewFuncWithQualName(code, globals, qualname *Object) *Object {
	if !present(code, globals) {
		return nil
	}
	return object(symFuncNewWithName.Call(ref(code), ref(globals), ref(qualname)))
}

// FuncCode returns the code object of a function, borrowed.
func (f *Object) FuncCode() *Object {
	if !present(f) {
		return nil
	}
	return object(symFuncGetCode.Call(ref(f)))
}
