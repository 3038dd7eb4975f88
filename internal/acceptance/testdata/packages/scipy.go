// Scipy: Fortran libraries, and extension modules that import one another.
//
// Requires: scipy
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import numpy as np
from scipy import integrate, linalg, optimize, signal, sparse, spatial, special, stats
print("integral", round(integrate.quad(np.sin, 0, np.pi)[0], 9))
print("root", round(optimize.brentq(lambda x: x * x - 2, 0, 2), 9))
print("lu", linalg.lu(np.eye(2))[2].tolist())
print("gamma", special.gamma(5))
print("cdf", stats.norm.cdf(0))
print("sparse", sparse.linalg.spsolve(sparse.csc_matrix(np.diag([2.0, 4])), np.array([2.0, 4])).tolist())
print("nearest", int(spatial.cKDTree([[0, 0], [5, 5]]).query([4, 4])[1]))
print("filter", len(signal.butter(2, 0.5)[0]))
`))
}

// Output:
// integral 2.0
// root 1.414213562
// lu [[1.0, 0.0], [0.0, 1.0]]
// gamma 24.0
// cdf 0.5
// sparse [1.0, 1.0]
// nearest 1
// filter 3
