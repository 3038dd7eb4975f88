package bootstrap

import (
	"runtime"
	"testing"

	"github.com/ebitengine/purego"
)

// CallBySteps is Sym.Call made of one purego call per C function. The assembly
// routine is measured and checked against it.
func (s *Sym) CallBySteps(args ...uintptr) (ret, exc uintptr) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	state, _, _ := purego.SyscallN(api.ensure)
	ret, _, _ = purego.SyscallN(s.Addr(), args...)
	exc, _, _ = purego.SyscallN(symErrOccurred.Addr())
	purego.SyscallN(api.release, state)
	return ret, exc
}

func BenchmarkStepByStep(b *testing.B) {
	callable := Sym{Name: "PyCallable_Check"}
	for i := 0; i < b.N; i++ {
		callable.CallBySteps(symLongType.Addr())
	}
}

func BenchmarkOneCrossing(b *testing.B) {
	callable := Sym{Name: "PyCallable_Check"}
	for i := 0; i < b.N; i++ {
		callable.Call(symLongType.Addr())
	}
}

// BenchmarkBareCall is a crossing without the GIL.
func BenchmarkBareCall(b *testing.B) {
	for i := 0; i < b.N; i++ {
		purego.SyscallN(api.thisThread)
	}
}

// BenchmarkHeld is a crossing while the GIL is held anyway.
func BenchmarkHeld(b *testing.B) {
	callable := Sym{Name: "PyCallable_Check"}
	h := Acquire()
	defer h.Release()
	for i := 0; i < b.N; i++ {
		h.Call(&callable, symLongType.Addr())
	}
}
