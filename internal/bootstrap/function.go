package bootstrap

import (
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// A binding function is Go code that calls a Python function. Given as a value,
// py.List(std.Abs), it stands for that Python function itself. What Go knows of a
// function value is its name, so each binding package registers a lookup by name.

// Lookup returns the Python object (borrowed) that the Go function name of a
// package stands for. found is false for a name that is not a binding; an object
// of 0 means that Python has raised an exception.
type Lookup func(name string) (object uintptr, found bool)

var bindings struct {
	sync.RWMutex
	byPackage map[string]Lookup
}

// RegisterBindings adds a package by its import path ("main" for that one).
func RegisterBindings(pkg string, lookup Lookup) {
	bindings.Lock()
	defer bindings.Unlock()
	if bindings.byPackage == nil {
		bindings.byPackage = map[string]Lookup{}
	}
	bindings.byPackage[pkg] = lookup
}

// lookupBinding finds what the function at pc stands for.
func lookupBinding(pc uintptr) (object uintptr, found bool) {
	f := runtime.FuncForPC(pc)
	if f == nil {
		return 0, false
	}
	pkg, name := SplitFunction(f.Name())
	bindings.RLock()
	lookup := bindings.byPackage[pkg]
	bindings.RUnlock()
	if lookup == nil {
		return 0, false
	}
	return lookup(name)
}

// SplitFunction splits the linker's name of a function, "example.com/yaml%2ev3.F",
// into import path and name. Dots of the path's last element are escaped there, so
// the first dot after the last slash is the one between.
func SplitFunction(full string) (pkg, name string) {
	slash := strings.LastIndexByte(full, '/') + 1
	dot := strings.IndexByte(full[slash:], '.')
	if dot < 0 {
		return unescapePath(full), ""
	}
	return unescapePath(full[:slash+dot]), full[slash+dot+1:]
}

// unescapePath undoes %xx, which the linker writes for dots and unusual bytes.
func unescapePath(path string) string {
	for at := 0; ; at++ {
		i := strings.IndexByte(path[at:], '%')
		if i < 0 || at+i+3 > len(path) {
			return path
		}
		at += i
		if c, err := strconv.ParseUint(path[at+1:at+3], 16, 8); err == nil {
			path = path[:at] + string([]byte{byte(c)}) + path[at+3:]
		}
	}
}
