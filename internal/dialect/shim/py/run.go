package py

import (
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// The PyRun_Simple functions print an exception themselves and return -1. They are
// built here from the functions beneath: C's own end the process from inside when
// the code calls sys.exit, past everything Go does at exit, and swallow Ctrl-C.

var (
	symRunString  = bootstrap.Sym{Name: "PyRun_StringFlags"}
	symRunFile    = bootstrap.Sym{Name: "PyRun_FileExFlags"}
	symSetItemStr = bootstrap.Sym{Name: "PyDict_SetItemString"}
	symDelItemStr = bootstrap.Sym{Name: "PyDict_DelItemString"}
	symDecodeFS   = bootstrap.Sym{Name: "PyUnicode_DecodeFSDefault"}
	symErrClear   = bootstrap.Sym{Name: "PyErr_Clear"}
	symNone       = bootstrap.Sym{Name: "_Py_NoneStruct"}
)

// RunSimpleString runs source code in __main__. It returns 0, or -1 if an
// exception was raised, which is printed.
func RunSimpleString(command *c.Char) c.Int { return RunSimpleStringFlags(command, nil) }

// RunSimpleStringFlags is RunSimpleString with flags, which may be nil.
func RunSimpleStringFlags(command *c.Char, flags *CompilerFlags) c.Int {
	return runMain(flags, func(h *bootstrap.Hold, names, f uintptr) uintptr {
		return h.CallGo(&symRunString, uintptr(unsafe.Pointer(command)), uintptr(FileInput), names, names, f)
	})
}

// RunSimpleFile runs source code from an open C file in __main__, where __file__ is
// filename meanwhile. It does not close fp. It returns 0, or -1 if an exception was
// raised, which is printed.
func RunSimpleFile(fp c.FilePtr, filename *c.Char) c.Int {
	return RunSimpleFileFlags(fp, filename, nil)
}

// RunSimpleFileFlags is RunSimpleFile with flags, which may be nil.
func RunSimpleFileFlags(fp c.FilePtr, filename *c.Char, flags *CompilerFlags) c.Int {
	return runMain(flags, func(h *bootstrap.Hold, names, f uintptr) uintptr {
		defer nameFile(h, names, filename)()
		return h.CallMany(&symRunFile, uintptr(unsafe.Pointer(fp)), uintptr(unsafe.Pointer(filename)),
			uintptr(FileInput), names, names, 0, f)
	})
}

// nameFile sets __file__ and __cached__; the function it returns removes them. It
// leaves a pending exception alone.
func nameFile(h *bootstrap.Hold, names uintptr, filename *c.Char) (remove func()) {
	file, cached := c.AllocaCStr("__file__"), c.AllocaCStr("__cached__")
	value := h.CallGo(&symDecodeFS, uintptr(unsafe.Pointer(filename)))
	h.CallGo(&symSetItemStr, names, uintptr(unsafe.Pointer(file)), value)
	h.CallGo(&symSetItemStr, names, uintptr(unsafe.Pointer(cached)), symNone.Addr())
	h.DecRef(value)
	return func() {
		if h.Failed() {
			return // a traceback may still want __file__; C leaves it as well
		}
		h.CallGo(&symDelItemStr, names, uintptr(unsafe.Pointer(file)))
		h.CallGo(&symDelItemStr, names, uintptr(unsafe.Pointer(cached)))
		h.Call(&symErrClear)
	}
}

// runMain runs code in the namespace of __main__ and prints what it raises.
func runMain(flags *CompilerFlags, run func(h *bootstrap.Hold, names, flags uintptr) uintptr) c.Int {
	ok := passing(flags, func(f uintptr) uintptr {
		h := bootstrap.Acquire()
		defer h.Release()
		main := h.CallGo(&symAddModule, uintptr(unsafe.Pointer(c.Str("__main__"))))
		if main == 0 {
			return 0
		}
		result := run(h, h.Call(&symModuleGetDict, main), f)
		if result != 0 {
			h.DecRef(result)
		}
		return result
	})
	if ok == 0 {
		bootstrap.ErrPrintTop()
		return -1
	}
	return 0
}
