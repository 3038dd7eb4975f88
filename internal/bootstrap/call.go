package bootstrap

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// maxArgs is the number of integer arguments that fit the registers of both
// platforms; a function with more goes through Hold.CallMany.
const maxArgs = 6

// step is one C function call. The layout is read by cross_*.s.
type step struct {
	fn   uintptr
	args [maxArgs]uintptr
	x    float64 // in: the first floating-point argument; out: a floating-point result
	ret  uintptr // out: an integer or pointer result
}

// What a crossing does around its steps.
const (
	takeGIL = 1 << iota // before them; creates the thread's Python state if needed
	dropGIL             // after them, and fetch the pending exception first
)

// crossing is one trip from Go to the system stack and back: take the GIL, make
// some C calls, fetch the exception, drop the GIL. One trip for all of that is
// what makes a call cheap: the trip costs as much as all four calls together. It
// stays on one OS thread by nature, so no LockOSThread is needed.
// The layout is read by cross_*.s.
type crossing struct {
	steps unsafe.Pointer // the first step
	n     uintptr        // number of steps; counted down to 0
	flags uintptr
	gil   uintptr    // PyGILState_STATE, from takeGIL until dropGIL
	exc   [3]uintptr // the exception: [0] alone from 3.12 on, else type, value, traceback
}

// gilAPI holds the functions that every crossing calls. Read by cross_*.s.
type gilAPI struct {
	thisThread uintptr // PyGILState_GetThisThreadState
	ensure     uintptr // PyGILState_Ensure
	save       uintptr // PyEval_SaveThread
	release    uintptr // PyGILState_Release
	fetch      uintptr // PyErr_GetRaisedException, or PyErr_Fetch before 3.12
	fetchOne   uintptr // 1 if fetch returns the exception, 0 if it stores three
	waiting    int32   // crossings on their way to the GIL; see gate.go
}

var api gilAPI

// frame is the memory of one call. It comes from a pool and lives in the heap,
// which does not move, so C may keep addresses inside it during the call.
type frame struct {
	crossing
	own [2]step
	vec [8]uintptr // arguments of a vectorcall; the first one is scratch (PEP 590)
}

var frames = sync.Pool{New: func() any { return new(frame) }}

// crossABI0 is the address of the assembly routine.
var crossABI0 uintptr

//go:linkname cgocall runtime.cgocall
func cgocall(fn uintptr, arg unsafe.Pointer) int32

// goroutine identifies the calling goroutine: the address of its descriptor.
// Unlike a goroutine number it costs one instruction, needs no knowledge of the
// descriptor's layout, and is enough, because an address is used again only after
// its goroutine has ended: an exception left there is reported then, at the
// latest, which is what would happen to it at the end of the program anyway.
func goroutine() uintptr

// cross runs f on the system stack.
func (f *frame) cross() {
	me := goroutine() == mainGoroutine
	if me {
		mainDepth.Add(1)
	}
	if f.flags&takeGIL != 0 {
		enterGate()
	}
	cgocall(crossABI0, unsafe.Pointer(&f.crossing))
	if f.flags&dropGIL != 0 {
		leaveGate()
	}
	if me {
		mainDepth.Add(-1)
	}
}

// newFrame starts a call: an exception still pending here ends the program.
func newFrame() *frame {
	if pending.count.Load() != 0 {
		refusePending()
	}
	return frames.Get().(*frame)
}

// single makes the call described by own[0] and gives the frame back.
func (f *frame) single() (ret uintptr, x float64) {
	f.steps, f.n, f.flags = unsafe.Pointer(&f.own[0]), 1, takeGIL|dropGIL
	f.cross()
	ret, x = f.own[0].ret, f.own[0].x
	f.done()
	return ret, x
}

// done keeps the exception for this goroutine and gives the frame back.
func (f *frame) done() {
	if f.exc[0] != 0 {
		keepException(f.exc)
		f.exc = [3]uintptr{}
	}
	f.steps = nil
	frames.Put(f)
}

// Call calls the function under the GIL and returns its result. The arguments are
// numbers and addresses of C.
func (s *Sym) Call(args ...uintptr) uintptr {
	f := newFrame()
	f.own[0].fn = s.Addr()
	copy(f.own[0].args[:], args)
	r, _ := f.single()
	return r
}

// CallGo is Call for arguments that point into Go memory, given as
// uintptr(unsafe.Pointer(p)) in the argument list itself. It costs an allocation.
//
//go:uintptrescapes
func (s *Sym) CallGo(args ...uintptr) uintptr {
	f := newFrame()
	f.own[0].fn = s.Addr()
	copy(f.own[0].args[:], args)
	r, _ := f.single()
	return r
}

// CallFloat is Call for a function of one double.
func (s *Sym) CallFloat(x float64) uintptr {
	f := newFrame()
	f.own[0].fn, f.own[0].x = s.Addr(), x
	r, _ := f.single()
	return r
}

// Float is Call for a function that returns a double.
func (s *Sym) Float(args ...uintptr) float64 {
	f := newFrame()
	f.own[0].fn = s.Addr()
	copy(f.own[0].args[:], args)
	_, x := f.single()
	return x
}

// CallQuietly is Call for what C code may do while an exception is pending, such
// as dropping a reference on the way out.
func (s *Sym) CallQuietly(arg uintptr) uintptr {
	f := frames.Get().(*frame)
	f.own[0].fn = s.Addr()
	f.own[0].args[0] = arg
	r, _ := f.single()
	return r
}

var symVectorcall = Sym{Name: "PyObject_VectorcallDict"}

// argumentsOffset is PY_VECTORCALL_ARGUMENTS_OFFSET (PEP 590): the callee may use
// the word before the first argument, which spares a method call a copy.
const argumentsOffset = 1 << 63

// CallObject calls a Python object with positional arguments (borrowed) and
// returns a new reference, 0 after an exception.
func CallObject(callable uintptr, args []unsafe.Pointer) uintptr {
	f := newFrame()
	vec := f.vec[:]
	if len(args) >= len(vec) {
		vec = make([]uintptr, len(args)+1)
	}
	for i, a := range args {
		vec[i+1] = uintptr(a)
	}
	s := &f.own[0]
	s.fn = symVectorcall.Addr()
	s.args = [maxArgs]uintptr{callable, vectorAddress(vec), uintptr(len(args)) | argumentsOffset}
	r, _ := f.single()
	runtime.KeepAlive(&vec[0])
	return r
}

const wordSize = unsafe.Sizeof(uintptr(0))

// vectorAddress is the address of the first argument. vec is always in the heap:
// part of a frame, or of a size unknown to the compiler.
func vectorAddress(vec []uintptr) uintptr { return uintptr(unsafe.Pointer(&vec[0])) + wordSize }

// setupAPI finds what cross needs. It runs before the first crossing.
func setupAPI() {
	find := func(name string) uintptr { s := Sym{Name: name}; return s.Addr() }
	api.thisThread = find("PyGILState_GetThisThreadState")
	api.ensure = find("PyGILState_Ensure")
	api.save = find("PyEval_SaveThread")
	api.release = find("PyGILState_Release")
	if symGetRaised.Available() {
		api.fetch, api.fetchOne = symGetRaised.Addr(), 1
	} else {
		api.fetch = find("PyErr_Fetch")
	}
}

var (
	mainGoroutine uintptr      // set by Start
	mainDepth     atomic.Int32 // crossings the main goroutine is in; see interrupt.go
)
