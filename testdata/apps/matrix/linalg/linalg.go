// Package linalg binds some of numpy.linalg.
package linalg

import (
	_ "unsafe"

	"github.com/goplus/lib/py"
)

const LLGoPackage = "py.numpy.linalg"

// Solve returns the x of a·x = b.
//
//go:linkname Solve py.solve
func Solve(a, b *py.Object) *py.Object
