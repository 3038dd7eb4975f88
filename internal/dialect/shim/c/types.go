package c

import "unsafe"

// C types, by the names of upstream.
type (
	Void    = [0]byte
	Char    = int8
	Float   = float32
	Double  = float64
	Pointer = unsafe.Pointer
	FilePtr = *FILE
)

// FILE is C's FILE; only the C library looks inside.
type FILE struct {
	Unused [8]byte
}

// C integers. Long is 64 bits wide on every platform this package builds for.
type (
	Int       = int32
	Uint      = uint32
	Long      = int64
	Ulong     = uint64
	LongLong  = int64
	UlongLong = uint64
)

type integer interface {
	~int | ~uint | ~uintptr | ~int32 | ~uint32 | ~int64 | ~uint64
}

// Names of <stddef.h>, <stdint.h>, <stdarg.h>, <iconv.h> and <locale.h>.
type (
	SizeT    = uintptr
	SsizeT   = Long
	IntptrT  = uintptr
	UintptrT = uintptr
	Int8T    = int8
	Int16T   = int16
	Int32T   = int32
	Int64T   = int64
	Uint8T   = uint8
	Uint16T  = uint16
	Uint32T  = uint32
	Uint64T  = uint64
	IntmaxT  = LongLong
	UintmaxT = UlongLong
	VaList   = Pointer
	IconvT   = Pointer
	LocaleT  = Pointer
)

// Option is struct option of <getopt.h>.
type Option struct {
	Name   *Char
	HasArg Int
	Flag   *Int
	Val    Int
}
