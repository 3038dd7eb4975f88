"""What testdata/apps/matrix does, in Python alone."""

import numpy as np

a = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]
b = [[9.0, 8.0, 7.0], [6.0, 5.0, 4.0], [3.0, 2.0, 1.0]]
print("a+b =", np.add(a, b))

m = [[2.0, 1.0, -1.0], [-3.0, -1.0, 2.0], [-2.0, 1.0, 2.0]]
v = [8.0, -11.0, -3.0]
print("x =", np.rint(np.linalg.solve(m, v)))
