// Package ospath binds a submodule, with functions of any number of arguments.
package ospath

import (
	_ "unsafe"

	"github.com/goplus/lib/py"
)

const (
	parent      = "os"
	LLGoPackage = "py." + parent + ".path"
)

// Join joins the parts of a path.
//
//go:linkname Join py.join
func Join(first *py.Object, __llgo_va_list ...any) *py.Object

// Basename returns the last part of a path.
//
//go:linkname Basename py.basename
func Basename(path *py.Object) *py.Object
