package bootstrap

import (
	_ "embed" // for handlers.py
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
)

// Python code that calls signal.signal replaces Go's handler, which is what it
// asks for. Two things about that need care, so _signal.signal gets a wrapper:
//
//   - asyncio.run and others put default_int_handler back when they are done. To
//     Python that is its own C handler, which only raises a flag; with it in place
//     Ctrl-C would do nothing while the program is in Go. "Back to the default"
//     means back to Go's handler here.
//   - A handler must run on the thread's signal stack, because goroutine stacks are
//     small. CPython asks for that itself from 3.10 on.

//go:embed handlers.py
var handlersSource string

// method is C's PyMethodDef.
type method struct {
	name  *byte
	fn    uintptr
	flags int32
	doc   *byte
}

// afterSignal is the Go function behind the wrapper; Python keeps its address.
var afterSignal = method{flags: methO}

const methO = 8 // METH_O: one argument

// goInterrupt is Go's disposition of SIGINT.
var goInterrupt disposition

// wrapHandlers installs the wrapper. It runs at the start, after Go has got its
// final handler for SIGINT, and with the GIL held.
func wrapHandlers() {
	purego.SyscallN(libc("sigaction"), uintptr(syscall.SIGINT), 0, uintptr(unsafe.Pointer(&goInterrupt)))
	afterSignal.name = cstring("after")
	afterSignal.fn = purego.NewCallback(func(_, number uintptr) uintptr {
		handlerSet(raw("PyLong_AsLong", number))
		raw("Py_IncRef", symNone.Addr())
		return symNone.Addr()
	})
	names := raw("PyDict_New")
	after := raw("PyCFunction_NewEx", uintptr(unsafe.Pointer(&afterSignal)), 0, 0)
	raw("PyDict_SetItemString", names, uintptr(unsafe.Pointer(cstring("after"))), after)
	var result uintptr
	if code, size := part(func(m *modules.Head) modules.Part { return m.Handlers }); code != 0 {
		raw(symDictSet.Name, names, uintptr(unsafe.Pointer(cstring(builtinsName))), raw(symBuiltins.Name))
		result = raw(symEvalCode.Name, raw(symUnmarshal.Name, code, size), names, names)
	} else {
		result = raw(symRunString.Name, uintptr(unsafe.Pointer(cstring(handlersSource))), fileInput, names, names, 0)
	}
	for _, o := range []uintptr{names, after, result} {
		raw("Py_DecRef", o)
	}
}

// handlerSet runs after Python has set the handler of a signal; 0 stands for
// default_int_handler put back for SIGINT.
func handlerSet(number uintptr) {
	sigaction := libc("sigaction")
	if number == 0 {
		if !signal.Ignored(os.Interrupt) {
			purego.SyscallN(sigaction, uintptr(syscall.SIGINT), uintptr(unsafe.Pointer(&goInterrupt)), 0)
		}
		return
	}
	var d disposition
	purego.SyscallN(sigaction, number, 0, uintptr(unsafe.Pointer(&d)))
	*(*int32)(unsafe.Pointer(&d[flagsOffset])) |= onStack
	purego.SyscallN(sigaction, number, uintptr(unsafe.Pointer(&d)), 0)
}
