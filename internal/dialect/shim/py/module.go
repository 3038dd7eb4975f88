package py

import (
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// https://docs.python.org/3/c-api/import.html
// https://docs.python.org/3/c-api/module.html

var (
	symAddModule     = bootstrap.Sym{Name: "PyImport_AddModule"}
	symImportModule  = bootstrap.Sym{Name: "PyImport_ImportModule"}
	symImport        = bootstrap.Sym{Name: "PyImport_Import"}
	symModuleGetDict = bootstrap.Sym{Name: "PyModule_GetDict"}
)

// AddModule returns the module of that name from sys.modules, or a new empty one
// added there; borrowed.
func AddModule(name *c.Char) *Object {
	return object(symAddModule.CallGo(uintptr(unsafe.Pointer(name))))
}

// ImportModule is Import for a name in a C string.
func ImportModule(name *c.Char) *Object {
	return object(symImportModule.CallGo(uintptr(unsafe.Pointer(name))))
}

// Import imports a module by its absolute name, a str object, through the import
// hooks in force; nil on failure.
func Import(name *Object) *Object {
	if !present(name) {
		return nil
	}
	return object(symImport.Call(ref(name)))
}

// ModuleGetDict returns the namespace of a module, borrowed.
func (m *Object) ModuleGetDict() *Object {
	if !present(m) {
		return nil
	}
	return object(symModuleGetDict.Call(ref(m)))
}

// ModuleLoadSyms fills Go variables with attributes of the module: pairs of a name
// (*c.Char or string) and a **Object, ended by nil. A variable that is set already
// stays; one whose attribute is missing stays nil, with an exception.
func (m *Object) ModuleLoadSyms(__llgo_va_list ...any) {
	for i := 0; i+1 < len(__llgo_va_list); i += 2 {
		name := cString(__llgo_va_list[i])
		target, ok := __llgo_va_list[i+1].(**Object)
		if name == nil || !ok {
			return
		}
		if *target == nil {
			*target = m.GetAttrString(name)
		}
		if bootstrap.Pending() {
			return
		}
	}
}

// cString reads an argument that C expects to be a string.
func cString(v any) *c.Char {
	switch v := v.(type) {
	case *c.Char:
		return v
	case string:
		return c.AllocaCStr(v)
	}
	return nil
}
