// Package pyinit compiles the object that starts Python in a program of llgo's,
// which is linked with libpython.
//
// llgo's main starts Python before the Go run time and before any Go code, so what
// prepares Python there is C: a few files, compiled when a program is built, by the
// compiler that links it. What they do is what package bootstrap does in programs
// of stock Go, and what both must agree on (names, options, sentences, statuses) is
// defined once, in package settings; header.go makes a C header of it.
//
//	c/start.c       the order of a start; Py_Initialize, and main before the program's
//	origin.c      which file the user started
//	paths.c       where the program's Python is
//	worker.c      multiprocessing without an interpreter
//	initialize.c  isolated initialisation, CPython 3.9–3.13 and 3.14
//	environment.c variables that even an isolated CPython heeds
//	signals.c     ignored signals are not ignored in children
//	dress.c       what the program sees in sys; the rest of it in dress.py
//	end.c         the soft end; pending.py for an exception nobody looked at
//	memory.c      strings
//	python.h      the part of Python's interface that is used: no header is needed
//	library.c     all of it as a shared library, for programs that are linked already
//
// # Threads
//
// llgo's main thread holds the GIL from the start to the end. Python's own threads
// run while it is in Python. A Go program that ends from another goroutine ends
// without Python's part, as it cannot have the GIL.
package pyinit
