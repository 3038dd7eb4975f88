// Symbols uses variables of libpython, which the loader binds: an exception class,
// and None, of which there must be one only.
package main

import (
	_ "unsafe" // for linkname

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/math"
	"github.com/goplus/lib/py/std"
)

//go:linkname typeError PyExc_TypeError
var typeError *py.Object

//go:linkname none _Py_NoneStruct
var none [16]byte

//go:linkname errOccurred C.PyErr_Occurred
func errOccurred() *py.Object

func main() {
	math.Sqrt(py.Str("no number"))
	c.Printf(c.Str("TypeError: %d\n"), equal(errOccurred(), typeError))
	py.ErrClear()
	printed := std.Print(py.Str("None"))
	c.Printf(c.Str("None: %d\n"), equal(printed, (*py.Object)(c.Pointer(&none))))
}

func equal(a, b *py.Object) c.Int {
	if a == b {
		return 1
	}
	return 0
}
