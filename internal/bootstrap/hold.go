package bootstrap

import (
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Hold is the GIL, held over several calls by one goroutine on one thread. Keep
// it short, and end it with Release on every path.
type Hold struct {
	f    *frame
	main bool // it is the main goroutine's
}

// Acquire takes the GIL. An exception still pending for this goroutine ends the
// program, as with any call.
func Acquire() *Hold {
	if pending.count.Load() != 0 {
		refusePending()
	}
	return acquireQuietly()
}

// acquireQuietly is Acquire for code that deals with pending exceptions.
func acquireQuietly() *Hold {
	runtime.LockOSThread()
	h := &Hold{frames.Get().(*frame), goroutine() == mainGoroutine}
	h.cross(takeGIL, nil)
	return h
}

// acquireWith is Acquire with calls to make at once, in the same crossing.
func acquireWith(steps []step) *Hold {
	if pending.count.Load() != 0 {
		refusePending()
	}
	runtime.LockOSThread()
	h := &Hold{frames.Get().(*frame), goroutine() == mainGoroutine}
	h.cross(takeGIL, steps)
	return h
}

// Release drops the GIL; an exception raised meanwhile is kept for the goroutine.
func (h *Hold) Release() { h.releaseWith(nil) }

// releaseWith is Release after some last calls, in the same crossing.
func (h *Hold) releaseWith(steps []step) {
	h.cross(dropGIL, steps)
	h.f.done()
	h.f = nil
	runtime.UnlockOSThread()
}

// cross makes the calls of steps; their results are in the steps.
func (h *Hold) cross(flags uintptr, steps []step) {
	f := h.f
	f.flags, f.n = flags, uintptr(len(steps))
	if len(steps) > 0 {
		f.steps = unsafe.Pointer(&steps[0])
	}
	f.cross()
}

// Call calls a function of at most six arguments, which are numbers and addresses
// of C.
func (h *Hold) Call(s *Sym, args ...uintptr) uintptr {
	own := &h.f.own[0]
	own.fn = s.Addr() // registers that no argument is for may hold anything
	copy(own.args[:], args)
	return h.step()
}

// CallGo is Call for arguments that point into Go memory, given as
// uintptr(unsafe.Pointer(p)) in the argument list itself. It costs an allocation.
//
//go:uintptrescapes
func (h *Hold) CallGo(s *Sym, args ...uintptr) uintptr {
	own := &h.f.own[0]
	own.fn = s.Addr()
	copy(own.args[:], args)
	return h.step()
}

// CallString calls a function whose last argument is a C string.
func (h *Hold) CallString(s *Sym, text string, before ...uintptr) uintptr {
	b := cstring(text)
	defer runtime.KeepAlive(b)
	return h.CallGo(s, append(before, uintptr(unsafe.Pointer(b)))...)
}

// CallFloat calls a function of one double.
func (h *Hold) CallFloat(s *Sym, x float64) uintptr {
	h.f.own[0] = step{fn: s.Addr(), x: x}
	return h.step()
}

// step makes the call of own[0], by the shortest way: no lock is on it, and whose
// goroutine this is was found out before.
func (h *Hold) step() uintptr {
	f := h.f
	f.steps, f.n, f.flags = unsafe.Pointer(&f.own[0]), 1, 0
	if h.main {
		f.cross()
	} else {
		cgocall(crossABI0, unsafe.Pointer(&f.crossing))
	}
	return f.own[0].ret
}

// CallMany calls a function of up to 15 arguments.
//
//go:uintptrescapes
func (h *Hold) CallMany(s *Sym, args ...uintptr) uintptr {
	r, _, _ := purego.SyscallN(s.Addr(), args...)
	return r
}

// CallAddress calls the C function at an address with one pointer.
func (h *Hold) CallAddress(fn, arg uintptr) uintptr {
	h.f.own[0] = step{fn: fn, args: [maxArgs]uintptr{arg}}
	return h.step()
}

// CallObject calls a Python object with positional arguments, all borrowed, and
// returns a new reference or 0.
func (h *Hold) CallObject(callable uintptr, args ...uintptr) uintptr {
	vec := make([]uintptr, len(args)+2) // scratch, arguments, and never empty
	copy(vec[1:], args)
	return h.CallGo(&symVectorcall, callable, uintptr(unsafe.Pointer(&vec[1])),
		uintptr(len(args))|argumentsOffset, 0)
}

// Str makes a str of UTF-8 text.
func (h *Hold) Str(s string) uintptr {
	return h.CallGo(&symStr, uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(len(s)))
}

var symErrOccurred = Sym{Name: "PyErr_Occurred"}

// Failed reports whether an exception is pending.
func (h *Hold) Failed() bool { return h.Call(&symErrOccurred) != 0 }

var (
	symSetString = Sym{Name: "PyErr_SetString"}
	symIncRef    = Sym{Name: "Py_IncRef"}
	symDecRef    = Sym{Name: "Py_DecRef"}
	symStr       = Sym{Name: "PyUnicode_FromStringAndSize"}
)

// Raise raises an exception of the class that the variable class points to
// (PyExc_TypeError).
func (h *Hold) Raise(class *Sym, message string) {
	h.CallGo(&symSetString, class.Object(), uintptr(unsafe.Pointer(cstring(message))))
}

// IncRef takes a reference.
func (h *Hold) IncRef(o uintptr) uintptr {
	h.Call(&symIncRef, o)
	return o
}

// DecRef drops references; 0 is allowed.
func (h *Hold) DecRef(objects ...uintptr) {
	for _, o := range objects {
		h.Call(&symDecRef, o)
	}
}

// Raise raises an exception for this goroutine, outside any hold.
func Raise(class *Sym, message string) {
	h := Acquire()
	defer h.Release()
	h.Raise(class, message)
}
