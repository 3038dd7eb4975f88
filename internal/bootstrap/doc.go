// Package bootstrap starts CPython inside a Go program and carries every call
// into it.
//
// A program in llgo's Python dialect, compiled by stock Go, has no C of its own:
// libpython is loaded with dlopen and called through a small assembly routine on
// the system stack. This package owns all of that, and the packages above it (py,
// py/bind) only say which C function to call with which arguments:
//
//	layout.go      where the program's Python is (Settings → absolute paths)
//	start.go       the order of a start
//	procs.go       which has this thread for itself
//	origin.go      which file the user started
//	environment.go variables that even an isolated CPython heeds
//	initialize.go  isolated initialisation, CPython 3.9–3.13 and 3.14
//	mapped.go      the program's modules, mapped from one file
//	library.go     libpython and its functions (Sym)
//	call.go        one call: GIL, C function, exception, GIL
//	hold.go        several calls under one hold of the GIL
//	gate.go        how many threads may queue for the GIL
//	exception.go   pending exceptions, one slot per goroutine
//	unhandled.go   what happens to an exception nobody looks at
//	convert.go     Go values as Python objects
//	function.go    Go functions that stand for Python functions
//	signals.go     signal dispositions are left as Go set them
//	interrupt.go   Ctrl-C
//	startup.go     run-time hooks of libraries
//	exit.go        the soft end: atexit callbacks, flush, exit code
//
// # Threads
//
// Python's main thread is the process's main thread: it runs package init, and
// LockOSThread there keeps the main goroutine on it for good. Any goroutine may
// call Python; the GIL is taken for each call and released after it, always, so
// that Python's own threads run while the program is in Go.
//
// # Errors
//
// A failed call returns nil or -1 as the C function does. The exception waits for
// the goroutine that made the call, until that goroutine handles it (py.ErrPrint,
// py.ErrClear), calls Python again, or the program ends: in the last two cases the
// traceback is printed and the program exits with status 1, so nothing vanishes.
package bootstrap
