package bootstrap

import (
	"unsafe"
)

// ending says how the program must end because of an exception.
type ending struct {
	code      int
	interrupt bool // die by SIGINT, as CPython does after KeyboardInterrupt
}

// refusePending is called where an exception of this goroutine must not be
// pending: before a call that would need a clean slate. The program ignored the
// failure of an earlier call, so it ends here, with the traceback of that one.
func refusePending() {
	e := takeException()
	if e == nil {
		return
	}
	end(e.reportUnhandled())
}

// reportUnhandled is report for an exception that ends the program: it adds where
// in the Go program it comes from.
func (e *exception) reportUnhandled() ending {
	h := acquireQuietly()
	defer h.Release()
	how, exits := h.report(e)
	if site := describeSite(e.stack); site != "" && !exits && !how.interrupt {
		h.printError("not handled by the Go program at " + site)
	}
	return how
}

// end ends the program; it does not return.
func end(how ending) {
	if how.interrupt {
		softEnd(false)
		dieByInterrupt()
	}
	exitProgram(how.code)
}

var (
	symObjectType        = Sym{Name: "PyObject_Type"}
	symPrintEx           = Sym{Name: "PyErr_PrintEx"}
	symMatches           = Sym{Name: "PyErr_GivenExceptionMatches"}
	symSystemExit        = Sym{Name: "PyExc_SystemExit"}
	symKeyboardInterrupt = Sym{Name: "PyExc_KeyboardInterrupt"}
	symGetAttrString     = Sym{Name: "PyObject_GetAttrString"}
	symNone              = Sym{Name: "_Py_NoneStruct"}
	symLongType          = Sym{Name: "PyLong_Type"}
	symIsInstance        = Sym{Name: "PyObject_IsInstance"}
	symAsLong            = Sym{Name: "PyLong_AsLong"}
	symErrClear          = Sym{Name: "PyErr_Clear"}
	symSysGetObject      = Sym{Name: "PySys_GetObject"}
	symWriteObject       = Sym{Name: "PyFile_WriteObject"}
	symWriteString       = Sym{Name: "PyFile_WriteString"}
)

// report consumes e: it prints the traceback through sys.excepthook, or, for
// SystemExit, only what the interpreter prints. It returns how a program that
// does not handle the exception ends, and whether SystemExit asks for that.
//
// PyErr_Print alone would not do: on SystemExit it finalizes Python and calls C's
// exit from wherever it is, past Go's own end.
func (h *Hold) report(e *exception) (how ending, exits bool) {
	class, value := h.inspect(e)
	if h.matches(class, &symSystemExit) {
		code := h.exitCode(value)
		h.DecRef(e.raised[0], e.raised[1], e.raised[2])
		return ending{code: code}, true
	}
	how = ending{code: 1, interrupt: h.matches(class, &symKeyboardInterrupt)}
	h.restore(e)
	h.Call(&symPrintEx, 1)
	if e.note != "" {
		h.printError(e.note)
	}
	return how, false
}

func (h *Hold) matches(class uintptr, wanted *Sym) bool {
	return int32(h.Call(&symMatches, class, wanted.Object())) != 0
}

// exitCode is what the interpreter makes of SystemExit: None is 0, a number is
// itself, anything else is a message and 1.
func (h *Hold) exitCode(exit uintptr) int {
	code := h.CallGo(&symGetAttrString, exit, uintptr(unsafe.Pointer(cstring("code"))))
	defer h.DecRef(code)
	if code == symNone.Addr() {
		return 0
	}
	if int32(h.Call(&symIsInstance, code, symLongType.Addr())) == 1 {
		n := int(int32(h.Call(&symAsLong, code)))
		h.Call(&symErrClear)
		return n
	}
	const raw = 1 // Py_PRINT_RAW: str(), not repr()
	if out := h.stderr(); out != 0 && code != 0 {
		h.Call(&symWriteObject, code, out, raw)
		h.printError("")
	}
	h.Call(&symErrClear)
	return 1
}

// printError writes a line to sys.stderr, so that its order with tracebacks holds.
func (h *Hold) printError(line string) {
	if out := h.stderr(); out != 0 {
		h.CallGo(&symWriteString, uintptr(unsafe.Pointer(cstring(line+"\n"))), out)
		h.Call(&symErrClear)
	}
}

// stderr is sys.stderr, borrowed, or 0 if there is none.
func (h *Hold) stderr() uintptr {
	out := h.CallGo(&symSysGetObject, uintptr(unsafe.Pointer(cstring("stderr"))))
	if out == symNone.Addr() {
		return 0
	}
	return out
}

// normalize makes the value of an old-style triple an instance, with its traceback.
func (h *Hold) normalize(raised *[3]uintptr) {
	h.CallGo(&symNormalize, uintptr(unsafe.Pointer(&raised[0])),
		uintptr(unsafe.Pointer(&raised[1])), uintptr(unsafe.Pointer(&raised[2])))
	if raised[2] != 0 {
		h.Call(&symSetTraceback, raised[1], raised[2])
	}
}

var (
	symSetTraceback = Sym{Name: "PyException_SetTraceback"}
)

// Annotate adds a line to this goroutine's exception that says which Go code it
// comes from: as a note of the exception itself (PEP 678) from CPython 3.11 on,
// below the traceback before.
func Annotate(note string) {
	pending.Lock()
	e := pending.byGoroutine[goroutine()]
	pending.Unlock()
	if e == nil {
		return
	}
	h := acquireQuietly()
	defer h.Release()
	_, value := h.inspect(e)
	method := h.CallGo(&symGetAttrString, value, uintptr(unsafe.Pointer(cstring("add_note"))))
	if method == 0 {
		h.Call(&symErrClear)
		e.note = note
		return
	}
	text := h.Str(note)
	h.DecRef(h.CallObject(method, text), text, method)
	h.Call(&symErrClear)
}
