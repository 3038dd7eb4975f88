package py

// https://docs.python.org/3/c-api/code.html

// CodeBytes returns the bytecode of a code object, a new reference to bytes.
//
// PyCode_GetCode came with 3.11; its documentation gives the attribute as equal.
func (o *Object) CodeBytes() *Object { return attr(o, "co_code") }

// CodeVarnames returns the names of the local variables, a new tuple.
//
// PyCode_GetVarnames came with 3.11; its documentation gives the attribute as equal.
func (o *Object) CodeVarnames() *Object { return attr(o, "co_varnames") }
