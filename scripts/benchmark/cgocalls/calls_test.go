package cgocalls

import (
	"os"
	"runtime"
	"testing"
)

func TestMain(m *testing.M) {
	runtime.LockOSThread()
	Start()
	os.Exit(m.Run())
}

func BenchmarkBareCall(b *testing.B) {
	for i := 0; i < b.N; i++ {
		Bare()
	}
}

func BenchmarkHeld(b *testing.B) {
	defer Hold()()
	for i := 0; i < b.N; i++ {
		Check()
	}
}

func BenchmarkOneCrossing(b *testing.B) {
	for i := 0; i < b.N; i++ {
		CheckLocking()
	}
}

func BenchmarkStepByStep(b *testing.B) {
	for i := 0; i < b.N; i++ {
		CheckBySteps()
	}
}

func BenchmarkNoArgs(b *testing.B) {
	for i := 0; i < b.N; i++ {
		CallLocking()
	}
}
