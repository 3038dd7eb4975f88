package py_test

import (
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/py"
)

// BenchmarkNoArgs is one call without arguments and the drop of its result.
func BenchmarkNoArgs(b *testing.B) {
	f := eval(b, "int")
	defer f.DecRef()
	for i := 0; i < b.N; i++ {
		f.CallNoArgs().DecRef()
	}
}

// BenchmarkFloat is a float into Python, through math.sqrt, and back: five calls.
func BenchmarkFloat(b *testing.B) {
	f := eval(b, "__import__('math').sqrt")
	defer f.DecRef()
	for i := 0; i < b.N; i++ {
		x := py.Float(2)
		y := f.CallOneArg(x)
		if y.Float64() < 1 {
			b.Fatal("wrong")
		}
		x.DecRef()
		y.DecRef()
	}
}

// BenchmarkCrossing is the cheapest call there is.
func BenchmarkCrossing(b *testing.B) {
	f := eval(b, "int")
	defer f.DecRef()
	for i := 0; i < b.N; i++ {
		f.Callable()
	}
}

// BenchmarkList makes a list of ten floats.
func BenchmarkList(b *testing.B) {
	values := make([]any, 10)
	for i := range values {
		values[i] = float64(i)
	}
	for i := 0; i < b.N; i++ {
		py.List(values...).DecRef()
	}
}

// BenchmarkParallel is NoArgs from many goroutines, which take turns at the GIL.
func BenchmarkParallel(b *testing.B) {
	f := eval(b, "int")
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			f.CallNoArgs().DecRef()
		}
	})
}
