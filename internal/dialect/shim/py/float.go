package py

import "github.com/llgo-pypack/llgo-pypack/internal/bootstrap"

// https://docs.python.org/3/c-api/float.html

var (
	symFloatFromDouble = bootstrap.Sym{Name: "PyFloat_FromDouble"}
	symFloatFromString = bootstrap.Sym{Name: "PyFloat_FromString"}
	symFloatAsDouble   = bootstrap.Sym{Name: "PyFloat_AsDouble"}
)

// Float returns a float object, or nil on failure.
func Float(v float64) *Object { return object(symFloatFromDouble.CallFloat(v)) }

// FloatFromSring converts a str object to a float object (the name is upstream's).
func FloatFromSring(v *Object) *Object {
	if !present(v) {
		return nil
	}
	return object(symFloatFromString.Call(ref(v)))
}

// Float64 returns the value of a float, or of anything with __float__ or
// __index__; -1 with an exception on failure.
func (o *Object) Float64() float64 {
	if !present(o) {
		return -1
	}
	return symFloatAsDouble.Float(ref(o))
}
