// Package py is llgo's Python package for programs compiled by stock Go: the same
// names, signatures and meaning as github.com/goplus/lib/py v0.3.1, over CPython
// loaded at run time (see internal/bootstrap).
//
// Differences from the C functions behind the names, all on the safe side:
//
//   - Any goroutine may call anything; the GIL is taken for each call.
//   - A nil *Object where C would read through it raises SystemError, as CPython's
//     own checks do, instead of ending the program with a segmentation fault.
//   - List and Tuple take references of their own to the objects given.
//   - A pending exception ends the program, with its traceback, at the next call
//     other than ErrPrint, ErrClear and DecRef, or at the end of main.
package py
