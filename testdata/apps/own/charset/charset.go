// Package charset binds variables: the sets of characters of Python's string.
package charset

import (
	_ "unsafe"

	"github.com/goplus/lib/py"
)

const LLGoPackage = "py.string"

//go:linkname Digits py.digits
var Digits *py.Object

//go:linkname HexDigits py.hexdigits
var HexDigits *py.Object
