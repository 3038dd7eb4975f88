package c

import (
	"sync"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/exithook"
)

var (
	fwrite  = function{name: "fwrite"}
	fputc   = function{name: "fputc"}
	fputs   = function{name: "fputs"}
	fread   = function{name: "fread"}
	fflush  = function{name: "fflush"}
	fopen   = function{name: "fopen"}
	fclose  = function{name: "fclose"}
	setvbuf = function{name: "setvbuf"}
)

// The C library's own streams. Stdout is unbuffered: its output comes in the order
// of the program, among what Go and Python print, and nothing of it is left in a
// buffer when the program ends, which in Go is not through C's exit.
var (
	Stdin  = stream(&stdinName)
	Stdout = unbuffered(stream(&stdoutName))
	Stderr = stream(&stderrName)
)

// stream reads a variable of type FILE *.
func stream(variable *function) FilePtr { return *(*FilePtr)(pointer(variable.address())) }

func unbuffered(fp FilePtr) FilePtr {
	const none = 2 // _IONBF, with glibc and on macOS
	setvbuf.call(file(fp), 0, none, 0)
	return fp
}

// file is fp as an argument; a FILE is memory of C.
func file(fp FilePtr) uintptr { return uintptr(unsafe.Pointer(fp)) }

// opened holds the streams of Fopen: C flushes them at exit, so we do.
var opened struct {
	sync.Mutex
	files map[FilePtr]bool // nil until the first one
}

func flushOpened(exithook.Reason) {
	opened.Lock()
	defer opened.Unlock()
	for fp := range opened.files {
		fflush.call(file(fp))
	}
}

// Fopen opens a file; nil on failure, which Perror explains.
func Fopen(c *Char, mod *Char) FilePtr {
	fp := FilePtr(pointer(fopen.callErrno(uintptr(unsafe.Pointer(c)), uintptr(unsafe.Pointer(mod)))))
	if fp == nil {
		return nil
	}
	opened.Lock()
	defer opened.Unlock()
	if opened.files == nil {
		opened.files = map[FilePtr]bool{}
		exithook.Add(flushOpened)
	}
	opened.files[fp] = true
	return fp
}

// Fclose flushes and closes a stream. It returns 0, or EOF on failure.
func Fclose(fp FilePtr) Int {
	opened.Lock()
	delete(opened.files, fp)
	opened.Unlock()
	return Int(fclose.callErrno(file(fp)))
}

// Fwrite writes count elements of size bytes and returns how many it wrote.
func Fwrite(data Pointer, size, count uintptr, fp FilePtr) uintptr {
	return fwrite.callErrno(uintptr(data), size, count, file(fp))
}

// Fputc writes one byte and returns it, or EOF on failure.
func Fputc(c Int, fp FilePtr) Int { return Int(fputc.callErrno(uintptr(c), file(fp))) }

// Fputs writes a string without its NUL; negative on failure.
func Fputs(s *Char, fp FilePtr) Int {
	return Int(fputs.callErrno(uintptr(unsafe.Pointer(s)), file(fp)))
}

// Fread reads count elements of size bytes and returns how many it read.
func Fread(data Pointer, size, count uintptr, fp FilePtr) uintptr {
	return fread.callErrno(uintptr(data), size, count, file(fp))
}

// Fflush writes out what a stream holds; nil means all streams.
func Fflush(fp FilePtr) Int { return Int(fflush.callErrno(file(fp))) }

// Perror prints s and why the last call that could fail did, to stderr.
func Perror(s *Char) {
	message := GoString(Strerror(errno.Load())) + "\n"
	if s != nil && *s != 0 {
		message = GoString(s) + ": " + message
	}
	write(Stderr, []byte(message))
}

// write puts bytes into a stream and returns their number, or -1.
func write(fp FilePtr, b []byte) Int {
	if len(b) == 0 {
		return 0
	}
	n := Fwrite(Pointer(&b[0]), 1, uintptr(len(b)), fp)
	if n != uintptr(len(b)) {
		return -1
	}
	return Int(n)
}

// Printf writes to Stdout and returns the number of bytes, or -1. The format is
// C's; the arguments may be of any Go type that has the C type's form.
func Printf(format *Char, __llgo_va_list ...any) Int {
	return write(Stdout, formatC(format, __llgo_va_list))
}

// Fprintf is Printf to a stream.
func Fprintf(fp FilePtr, format *Char, __llgo_va_list ...any) Int {
	return write(fp, formatC(format, __llgo_va_list))
}

// Sprintf is Printf into memory, which must be large enough, with a NUL.
func Sprintf(s *Char, format *Char, __llgo_va_list ...any) Int {
	b := append(formatC(format, __llgo_va_list), 0)
	copy(region(Pointer(s), uintptr(len(b))), b)
	return Int(len(b) - 1)
}

// Snprintf is Sprintf for n bytes of memory including the NUL. It returns what the
// length would be without the limit.
func Snprintf(s *Char, n uintptr, format *Char, __llgo_va_list ...any) Int {
	b := formatC(format, __llgo_va_list)
	if n > 0 {
		kept := copy(region(Pointer(s), n-1), b)
		*at(s, uintptr(kept)) = 0
	}
	return Int(len(b))
}

var vsnprintf = function{name: "vsnprintf"}

// Vsnprintf is Snprintf with C's va_list, which only C code can have made. On every
// platform here C passes a va_list as one pointer.
func Vsnprintf(s *Char, n uintptr, format *Char, ap Pointer) Int {
	return Int(vsnprintf.call(uintptr(unsafe.Pointer(s)), n, uintptr(unsafe.Pointer(format)), uintptr(ap)))
}
