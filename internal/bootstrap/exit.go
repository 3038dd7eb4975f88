package bootstrap

import (
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/exithook"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// The end of a program is soft: what CPython does at exit that anybody can see
// (waiting for threads, atexit callbacks, flushing) and nothing of the teardown.
// Py_FinalizeEx would take 1 to 10 ms more, and goroutines may still be in calls.

// patience is how long os.Exit waits for the GIL. A call may hold it for minutes
// (a long computation in C); then the program ends without Python's part, because
// os.Exit promises to end it now.
const patience = 2 * time.Second

var (
	running atomic.Bool // Python is up
	ended   atomic.Bool // the soft end has begun
)

// atExit is the exit hook of the program.
func atExit(r exithook.Reason) {
	settleInterrupts()
	if !running.Load() || !r.Returned && !gilInTime() {
		return
	}
	how, reported := reportAll()
	if status := softEnd(r.Returned); !reported {
		how = ending{code: status, interrupt: status == settings.StatusInterrupted}
	}
	if r.Failed {
		return // the program's own status stands
	}
	if how.interrupt {
		dieByInterrupt()
	}
	if how.code != 0 {
		syscall.Exit(how.code) // os.Exit is forbidden in a hook
	}
}

// reportAll prints what is pending anywhere; the oldest exception decides.
func reportAll() (first ending, any bool) {
	for {
		e := takeOldest()
		if e == nil {
			return first, any
		}
		if how := e.reportUnhandled(); !any {
			first, any = how, true
		}
	}
}

// gilInTime reports whether this thread holds the GIL or could get it soon.
func gilInTime() bool {
	h := make(chan struct{})
	if HasGIL() {
		return true
	}
	go func() {
		acquireQuietly().Release()
		close(h)
	}()
	select {
	case <-h:
		return true
	case <-time.After(patience):
		return false
	}
}

// softEnd runs end.py, once per program, and returns an exit status.
func softEnd(wait bool) int {
	if !ended.CompareAndSwap(false, true) {
		return 0
	}
	return runEnd(wait)
}

var (
	symRunString = Sym{Name: "PyRun_StringFlags"}
	symUnmarshal = Sym{Name: "PyMarshal_ReadObjectFromString"}
	symEvalCode  = Sym{Name: "PyEval_EvalCode"}
	symBuiltins  = Sym{Name: "PyEval_GetBuiltins"}
	symDictNew   = Sym{Name: "PyDict_New"}
	symDictGet   = Sym{Name: "PyDict_GetItemString"}
	symDictSet   = Sym{Name: "PyDict_SetItemString"}
	symBool      = Sym{Name: "PyBool_FromLong"}
)

func runEnd(wait bool) int {
	h := acquireQuietly()
	defer h.Release()
	names := h.Call(&symDictNew)
	flag := h.Call(&symBool, boolArg(wait))
	h.CallGo(&symDictSet, names, uintptr(unsafe.Pointer(cstring("wait"))), flag)
	var result uintptr
	if code, size := part(func(m *modules.Head) modules.Part { return m.End }); code != 0 {
		h.Call(&symDictSet, names, uintptr(unsafe.Pointer(cstring(builtinsName))), h.Call(&symBuiltins))
		result = h.Call(&symEvalCode, h.Call(&symUnmarshal, code, size), names, names)
	} else {
		result = h.CallGo(&symRunString, uintptr(unsafe.Pointer(cstring(settings.EndSource))), fileInput, names, names, 0)
	}
	if result == 0 {
		h.Call(&symPrintEx, 0)
		return settings.StatusUnflushed
	}
	return int(int32(h.CallGo(&symAsLong, h.Call(&symDictGet, names, uintptr(unsafe.Pointer(cstring("status")))))))
}

func boolArg(b bool) uintptr {
	if b {
		return 1
	}
	return 0
}

// Finalize is py.Finalize: everything Py_FinalizeEx does that can be seen. The
// interpreter itself stays, since goroutines and package variables may use it.
func Finalize() {
	if running.Load() {
		runEnd(true)
	}
}

// exitProgram ends the program with code, through its exit hooks.
func exitProgram(code int) { exithook.ExitProgram(code) }

// dieByInterrupt ends the program by SIGINT with the default disposition, so that
// a shell sees what happened (status 130) and stops its loop.
func dieByInterrupt() {
	setDefault(syscall.SIGINT)
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGINT)
	time.Sleep(time.Second) // the signal may reach another thread first
	syscall.Exit(settings.StatusInterrupted)
}
