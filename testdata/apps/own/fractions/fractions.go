// Package fractions binds a class: to call it is to make an object.
package fractions

import (
	_ "unsafe"

	"github.com/goplus/lib/py"
)

const LLGoPackage = "py.fractions"

// New returns the Fraction numerator/denominator.
//
//go:linkname New py.Fraction
func New(numerator, denominator *py.Object) *py.Object
