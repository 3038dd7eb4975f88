package py

import (
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect/shim/c"
)

// https://docs.python.org/3/c-api/init.html
// https://docs.python.org/3/c-api/veryhigh.html

// SetProgramName has no effect: Python runs before main does, and its paths come
// from where the program lies. Real llgo starts Python before main as well.
func SetProgramName(name *c.Char) {}

// Initialize does nothing, since Python is running; without Python in the program
// it panics.
func Initialize() { InitializeEx(1) }

// InitializeEx is Initialize. Signals are as after InitializeEx(1): Python raises
// KeyboardInterrupt for Ctrl-C while the main goroutine is in a Python call.
func InitializeEx(initsigs c.Int) {
	if !bootstrap.Running() {
		panic("py.Initialize: this program was built without Python")
	}
}

// Finalize does what finalization does that can be seen: it waits for Python's
// threads, runs the atexit callbacks and flushes. The interpreter stays, so that
// a call made afterwards is not a crash.
func Finalize() { bootstrap.Finalize() }

// InputType is a start symbol of Python's grammar.
type InputType c.Int

// The start symbols.
const (
	SingleInput InputType = 256 // read code from i/o
	FileInput   InputType = 257 // read code from filename
	EvalInput   InputType = 258 // read code from string
	// FuncTypeInput InputType = 345
)

// CompilerFlags holds flags of the compiler, in and out: from __future__ imports
// that a piece of code makes are added.
type CompilerFlags struct {
	CfFlags c.Int
}

// cFlags is C's PyCompilerFlags, which has grown a second member since.
type cFlags struct{ flags, featureVersion c.Int }

// passing calls f with C's form of flags (0 for nil), and copies back what C sets.
func passing(flags *CompilerFlags, f func(flags uintptr) uintptr) uintptr {
	if flags == nil {
		return f(0)
	}
	full := &cFlags{flags: flags.CfFlags, featureVersion: -1}
	r := withAddress(f, uintptr(unsafe.Pointer(full)))
	flags.CfFlags = full.flags
	return r
}

// withAddress keeps the memory at p alive and in place during the call.
//
//go:uintptrescapes
//go:noinline
func withAddress(f func(uintptr) uintptr, p uintptr) uintptr { return f(p) }

var (
	symCompileStringObject = bootstrap.Sym{Name: "Py_CompileStringObject"}
	symCompileStringEx     = bootstrap.Sym{Name: "Py_CompileStringExFlags"}
	symEvalCode            = bootstrap.Sym{Name: "PyEval_EvalCode"}
	symEvalCodeEx          = bootstrap.Sym{Name: "PyEval_EvalCodeEx"}
)

// CompileString compiles source code to a code object; nil on failure. filename
// appears in tracebacks.
func CompileString(str, filename *c.Char, start InputType) *Object {
	return CompileStringExFlags(str, filename, start, nil, -1)
}

// CompileStringFlags is CompileString with flags, which may be nil.
func CompileStringFlags(str, filename *c.Char, start InputType, flags *CompilerFlags) *Object {
	return CompileStringExFlags(str, filename, start, flags, -1)
}

// CompileStringExFlags is CompileStringFlags with a level of optimization: -1 that
// of the interpreter, 0 none, 1 without asserts, 2 without docstrings as well.
func CompileStringExFlags(str, filename *c.Char, start InputType, flags *CompilerFlags, optimize c.Int) *Object {
	return object(passing(flags, func(f uintptr) uintptr {
		return symCompileStringEx.CallGo(uintptr(unsafe.Pointer(str)), uintptr(unsafe.Pointer(filename)),
			uintptr(start), f, uintptr(optimize))
	}))
}

// CompileStringObject is CompileStringExFlags with the file name as a str object.
func CompileStringObject(str *c.Char, filename *Object, start InputType, flags *CompilerFlags, optimize c.Int) *Object {
	if !present(filename) {
		return nil
	}
	return object(passing(flags, func(f uintptr) uintptr {
		return symCompileStringObject.CallGo(uintptr(unsafe.Pointer(str)), ref(filename),
			uintptr(start), f, uintptr(optimize))
	}))
}

// EvalCode runs a code object with the given global and local variables; nil
// locals means the globals.
func EvalCode(code, globals, locals *Object) *Object {
	if !present(code, globals) {
		return nil
	}
	return object(symEvalCode.Call(ref(code), ref(globals), ref(locals)))
}

// EvalCodeEx runs a code object with arguments. args, kws and defs are, as in
// upstream's declaration, pointers to arrays of objects in the type *Object.
func EvalCodeEx(
	code, globals, locals *Object,
	args *Object, argcount c.Int, kws *Object, kwcount c.Int,
	defs *Object, defcount c.Int, kwdefs, closure *Object) *Object {
	if !present(code, globals) {
		return nil
	}
	h := bootstrap.Acquire()
	defer h.Release()
	return object(h.CallMany(&symEvalCodeEx, ref(code), ref(globals), ref(locals),
		uintptr(unsafe.Pointer(args)), uintptr(argcount), uintptr(unsafe.Pointer(kws)), uintptr(kwcount),
		uintptr(unsafe.Pointer(defs)), uintptr(defcount), ref(kwdefs), ref(closure)))
}
