package bootstrap

import (
	"fmt"
	"os"
	"sync/atomic"

	"github.com/ebitengine/purego"
)

// library is the handle of libpython, 0 until Start.
var library uintptr

// Sym is a function of libpython, looked up when it is first used. Declare it as
// a package variable, Sym{Name: "PyList_New"}: that is static data and costs
// nothing at start.
type Sym struct {
	Name string
	addr uintptr // atomic; 0 until found
}

// open loads libpython with RTLD_GLOBAL: extension modules do not name libpython
// as a dependency and find its symbols among the global ones.
func open(file string) error {
	h, err := purego.Dlopen(file, purego.RTLD_LAZY|purego.RTLD_GLOBAL)
	if err != nil {
		if _, gone := os.Stat(file); gone != nil {
			return missing("python library", file, gone)
		}
		return fmt.Errorf("load %s: %w", file, err)
	}
	library = h
	return nil
}

// Available reports whether this CPython has the function: some came with 3.11.
func (s *Sym) Available() bool {
	if atomic.LoadUintptr(&s.addr) != 0 {
		return true
	}
	p, err := purego.Dlsym(library, s.Name)
	if err != nil {
		return false
	}
	atomic.StoreUintptr(&s.addr, p)
	return true
}

// Addr returns the address of the function or variable. A name that libpython
// lacks is a mistake of this module, found by its tests, hence the panic.
func (s *Sym) Addr() uintptr {
	if p := atomic.LoadUintptr(&s.addr); p != 0 {
		return p
	}
	if library == 0 {
		panic("llgo: Python is called, but this program was built without it")
	}
	if !s.Available() {
		panic("llgo: libpython has no " + s.Name)
	}
	return atomic.LoadUintptr(&s.addr)
}

// Object returns the object a variable of libpython points to, such as
// PyExc_TypeError, as a borrowed reference.
func (s *Sym) Object() uintptr { return *(*uintptr)(Pointer(s.Addr())) }

// libc finds a function of the C library; every platform we support has those we
// ask for.
func libc(name string) uintptr {
	p, err := purego.Dlsym(purego.RTLD_DEFAULT, name)
	if err != nil {
		panic("llgo: the C library has no " + name)
	}
	return p
}

// raw calls a function of libpython without any care for GIL and exceptions: for
// the start only, when this thread is the only one and holds the GIL.
//
//go:uintptrescapes
func raw(name string, args ...uintptr) uintptr {
	s := Sym{Name: name}
	r, _, _ := purego.SyscallN(s.Addr(), args...)
	return r
}
