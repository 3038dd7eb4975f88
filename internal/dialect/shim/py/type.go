package py

import "github.com/llgo-pypack/llgo-pypack/internal/bootstrap"

// https://docs.python.org/3/c-api/type.html

var (
	symTypeFlags  = bootstrap.Sym{Name: "PyType_GetFlags"}
	symTypeModule = bootstrap.Sym{Name: "PyType_GetModule"}
)

// TypeName returns the type's __name__, a new reference.
//
// PyType_GetName came with 3.11; its documentation gives the attribute as equal.
func (t *Object) TypeName() *Object { return attr(t, "__name__") }

// TypeFlags returns the tp_flags member of a type.
func (t *Object) TypeFlags() uint32 {
	if !present(t) {
		return 0
	}
	return uint32(symTypeFlags.Call(ref(t)))
}

// TypeModule returns the module of a type made by PyType_FromModuleAndSpec,
// borrowed; nil and TypeError for any other type.
func (t *Object) TypeModule() *Object {
	if !present(t) {
		return nil
	}
	return object(symTypeModule.Call(ref(t)))
}
