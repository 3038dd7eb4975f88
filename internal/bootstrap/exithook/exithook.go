// Package exithook runs functions when the program ends on purpose: main returns,
// or something calls os.Exit (log.Fatal does).
//
// Go offers no such hook to programs. The runtime has one for its own coverage
// data, internal/runtime/exithook.Add, and a program built with
//
//	go build -tags llgopy -ldflags=-checklinkname=0
//
// reaches it by linkname (hook_runtime.go). Without that tag, as in the tests of
// this repository, only [ExitProgram] runs the functions.
//
// It is a package of its own because the dialect's c package needs it without
// starting Python.
package exithook

import (
	"os"
	"sync"
)

// Reason describes how the program ends.
type Reason struct {
	// Returned is true if main returned, false for os.Exit.
	Returned bool
	// Failed is true if the exit status is not 0.
	Failed bool
}

var registry struct {
	sync.Mutex
	hooks []func(Reason)
}

// Add arranges for f to run once when the program ends; the last function added
// runs first. f must not call os.Exit: the runtime throws on that.
func Add(f func(Reason)) {
	registry.Lock()
	defer registry.Unlock()
	registry.hooks = append(registry.hooks, f)
}

// ExitProgram ends the program with code, hooks first, in either kind of build.
func ExitProgram(code int) {
	if !inRuntime {
		run(Reason{Failed: code != 0})
	}
	os.Exit(code)
}

// run takes every hook out before it calls it, so that none runs twice.
func run(r Reason) {
	for {
		registry.Lock()
		n := len(registry.hooks)
		if n == 0 {
			registry.Unlock()
			return
		}
		f := registry.hooks[n-1]
		registry.hooks = registry.hooks[:n-1]
		registry.Unlock()
		f(r)
	}
}
