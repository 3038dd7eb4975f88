package bootstrap

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

var (
	symFloatAsDouble = Sym{Name: "PyFloat_AsDouble"}
	symTupleNew      = Sym{Name: "PyTuple_New"}
	symSixArguments  = Sym{Name: "PyUnicode_Tailmatch"}
)

// TestAgainstSteps compares the assembly routine with single purego calls, on
// results and on exceptions.
func TestAgainstSteps(t *testing.T) {
	for _, v := range []int{0, 1, -1, 1 << 40} {
		o := symFromLongLong.Call(uintptr(v))
		got := symAsLong.Call(o)
		want, exc := symAsLong.CallBySteps(o)
		if got != want || int(got) != v || exc != 0 {
			t.Errorf("%d: crossing %d, steps %d", v, int(got), int(want))
		}
		symDecRef.CallQuietly(o)
	}
	if got := symAsLong.Call(symNone.Addr()); int(got) != -1 || !Pending() {
		t.Errorf("failure: result %d, pending %v", int(got), Pending())
	}
	ErrClear()
}

// TestArguments checks registers: five integer arguments, a double in, a double out.
func TestArguments(t *testing.T) {
	h := Acquire()
	s, sub := h.Str("abcdef"), h.Str("cd")
	h.Release()
	for _, test := range []struct{ start, end, want uintptr }{{2, 6, 1}, {1, 6, 0}, {2, 3, 0}} {
		if got := symSixArguments.Call(s, sub, test.start, test.end, ^uintptr(0)); got != test.want {
			t.Errorf("Tailmatch(%d, %d) = %d, want %d", test.start, test.end, got, test.want)
		}
	}
	f := symFromDouble.CallFloat(2.5)
	if got := symFloatAsDouble.Float(f); got != 2.5 {
		t.Errorf("double comes back as %v", got)
	}
}

func TestHoldKeepsException(t *testing.T) {
	h := Acquire()
	h.Raise(&symTypeError, "one")
	if !h.Failed() {
		t.Error("not raised")
	}
	if Pending() {
		t.Error("kept before the hold has ended")
	}
	h.Release()
	if !Pending() {
		t.Error("lost at the end of the hold")
	}
	done := make(chan bool)
	go func() { done <- Pending() }()
	if <-done {
		t.Error("another goroutine has it as well")
	}
	ErrClear()
	if Pending() {
		t.Error("not cleared")
	}
}

// TestManyWaiting lets a goroutine keep the GIL while hundreds want it: all get it
// in the end, and only a few threads wait meanwhile.
func TestManyWaiting(t *testing.T) {
	h := Acquire()
	var wg sync.WaitGroup
	var finished atomic.Int32
	for i := 0; i < 500; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			symDecRef.CallQuietly(symTupleNew.Call(3))
			finished.Add(1)
		}()
	}
	for gate.parked.Load() < 500-maxWaiting {
		runtime.Gosched()
	}
	// Who is not parked waits in C. api.waiting would count those who just look whether
	// they may.
	for range 1000 {
		if n := 500 - gate.parked.Load(); n > maxWaiting {
			t.Fatalf("%d threads wait for the GIL, at most %d may", n, maxWaiting)
		}
		runtime.Gosched()
	}
	if n := finished.Load(); n != 0 {
		t.Errorf("%d calls went through while the GIL was held", n)
	}
	h.Release()
	wg.Wait()
	if n := atomic.LoadInt32(&api.waiting); n != 0 {
		t.Errorf("%d are counted as waiting after all is done", n)
	}
}

// TestBlockedCalls lets more calls than may wait for the GIL block without it, in a
// barrier that opens when all are inside at the same time.
func TestBlockedCalls(t *testing.T) {
	const parties = 4 * maxWaiting
	h := Acquire()
	threading := h.CallString(&Sym{Name: "PyImport_ImportModule"}, "threading")
	barrier := h.CallObject(h.CallString(&symGetAttrString, "Barrier", threading), h.FromGo(parties))
	wait := h.CallString(&symGetAttrString, "wait", barrier)
	h.Release()
	var wg sync.WaitGroup
	for i := 0; i < parties; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if CallObject(wait, nil) == 0 {
				t.Error("the barrier is broken")
			}
		}()
	}
	wg.Wait()
}

// TestStacks makes the collector move goroutine stacks and free memory while calls
// with Go memory are under way.
func TestStacks(t *testing.T) {
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < 200; i++ {
				deep(t, 1+i%50, string(rune('a'+g)))
			}
		}(g)
	}
	for i := 0; i < 20; i++ {
		runtime.GC()
	}
	wg.Wait()
}

// deep grows the stack, then passes a string that may lie on it.
func deep(t *testing.T, n int, s string) {
	var pad [64]uintptr
	if n > 0 {
		deep(t, n-1, s)
	}
	text := s + s
	h := Acquire()
	o := h.FromGo(text)
	size := uintptr(0)
	p := h.CallGo(&symUTF8, o, uintptr(unsafe.Pointer(&size)))
	if got := gostring(p); got != text || size != 2 {
		t.Errorf("%q came back as %q (%d bytes)", text, got, size)
	}
	h.DecRef(o)
	h.Release()
	runtime.KeepAlive(&pad)
}

var symUTF8 = Sym{Name: "PyUnicode_AsUTF8AndSize"}
