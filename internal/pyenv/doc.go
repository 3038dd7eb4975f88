// Package pyenv is what is special about Python in an environment: what fits
// together, what byte code there is, and how a shell enters it.
//
// Imports are resolved by a session of an interpreter, not by packages, so an
// environment has one interpreter, and everything that is installed belongs to it.
// It lies as CPython's own installations do, so that it finds everything from
// where it is, without a pyvenv.cfg that would name a path:
//
//	python3.14/bin/{python3,f2py,activate}
//	python3.14/lib/python3.14/…                       the standard library
//	python3.14/lib/python3.14/site-packages/numpy/…   links to distributions of the store
//
// Free-threaded builds have python3.14t in place of python3.14.
//
// Byte code is a content like any other: an entry of the store for each pair of a
// distribution and an interpreter's tag, made once (Bytecode) and linked into
// every environment. Its files are of the kind that is never compared with the
// source (PEP 552, unchecked hash), so an interpreter has no reason to write
// others. Where it does, for a module that could not be compiled before, it writes
// into a directory of the environment, and never into a file of the store.
package pyenv
