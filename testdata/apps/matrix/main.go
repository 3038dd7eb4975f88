// Matrix adds two matrices with numpy and solves a system of linear equations.
package main

import (
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/numpy"
	"github.com/goplus/lib/py/std"

	"example.com/matrix/linalg"
)

func main() {
	a := py.List(
		py.List(1.0, 2.0, 3.0),
		py.List(4.0, 5.0, 6.0),
		py.List(7.0, 8.0, 9.0),
	)
	b := py.List(
		py.List(9.0, 8.0, 7.0),
		py.List(6.0, 5.0, 4.0),
		py.List(3.0, 2.0, 1.0),
	)
	std.Print(py.Str("a+b ="), numpy.Add(a, b))

	// 2x + y - z = 8, -3x - y + 2z = -11, -2x + y + 2z = -3
	m := py.List(
		py.List(2.0, 1.0, -1.0),
		py.List(-3.0, -1.0, 2.0),
		py.List(-2.0, 1.0, 2.0),
	)
	v := py.List(8.0, -11.0, -3.0)
	x := linalg.Solve(m, v)
	std.Print(py.Str("x ="), numpy.Rint(x)) // the last bits depend on the processor
}
