// Numpy has several libraries of its own, in a directory beside it.
//
// Requires: numpy
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/numpy"
	"github.com/goplus/lib/py/std"
)

func main() {
	sum := numpy.Add(py.List(1, 2), py.List(3, 4))
	std.Print(py.Str("add"), sum)
	py.RunSimpleString(c.Str(`
import numpy as np
print("fft", np.fft.fft(np.array([1.0, 0, 0, 0])).real)
print("random", np.random.default_rng(7).integers(0, 100, 3).shape)
print("det", round(float(np.linalg.det(np.array([[2.0, 1], [1, 3]]))), 9))
print("polynomial", np.polynomial.Polynomial([1, 2])(3))
`))
}

// Output:
// add [4 6]
// fft [1. 1. 1. 1.]
// random (3,)
// det 5.0
// polynomial 7.0
