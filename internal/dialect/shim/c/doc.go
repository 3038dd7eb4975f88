// Package c is llgo's C package for programs compiled by stock Go: the same names,
// signatures and meaning as github.com/goplus/lib/c v0.3.1, without a C compiler.
//
// What only reads and writes memory is Go. What hands memory to C or takes it back
// (malloc, strdup), keeps state in the C library (strtok, getopt, rand) or works on
// a FILE is the C library's own function, called through purego. The few names that
// need a C compiler do not exist here, so that using one is a compile-time error;
// dialect.Unsupported lists them with reasons.
package c
