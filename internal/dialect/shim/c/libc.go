package c

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/ebitengine/purego"
)

// function is a function or variable of the C library, found when first used.
type function struct {
	name string
	addr uintptr // atomic
}

func (f *function) address() uintptr {
	if p := atomic.LoadUintptr(&f.addr); p != 0 {
		return p
	}
	p, err := purego.Dlsym(purego.RTLD_DEFAULT, f.name)
	if err != nil {
		panic("c: the C library has no " + f.name)
	}
	atomic.StoreUintptr(&f.addr, p)
	return p
}

//go:uintptrescapes
func (f *function) call(args ...uintptr) uintptr {
	r, _, _ := purego.SyscallN(f.address(), args...)
	return r
}

// errno is what the last failing call left in C's errno. That one belongs to a
// thread, and a goroutine changes threads between two calls.
var errno atomic.Int32

// callErrno is call for functions whose callers may ask Perror why they failed.
//
//go:uintptrescapes
func (f *function) callErrno(args ...uintptr) uintptr {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cell := (*int32)(pointer(errnoLocation.call()))
	*cell = 0
	r, _, _ := purego.SyscallN(f.address(), args...)
	if *cell != 0 {
		errno.Store(*cell)
	}
	return r
}

// pointer turns an address from C into a pointer.
func pointer(addr uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) }

// char is the result of a C function that returns char *.
func char(addr uintptr) *Char { return (*Char)(pointer(addr)) }
