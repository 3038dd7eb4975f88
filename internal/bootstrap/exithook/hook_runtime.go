//go:build llgopy

package exithook

import (
	"runtime"
	_ "unsafe" // for linkname
)

const inRuntime = true

// hook mirrors internal/runtime/exithook.Hook, unchanged from Go 1.23 to 1.26;
// TestHookLayout compares it with the toolchain's source.
type hook struct {
	F            func() // run at exit
	RunOnFailure bool   // run for a status other than 0 as well
}

//go:linkname addRuntimeHook internal/runtime/exithook.Add
func addRuntimeHook(h hook)

// The runtime runs hooks in reverse order and does not tell them the status, so
// one that runs on success only comes before the one that always runs.
func init() {
	failed := true
	addRuntimeHook(hook{RunOnFailure: true, F: func() {
		run(Reason{Returned: !calledByExit(), Failed: failed})
	}})
	addRuntimeHook(hook{F: func() { failed = false }})
}

// calledByExit reports whether os.Exit is on the stack. The runtime does not tell
// its hooks, and only a return from main may wait for Python's threads.
func calledByExit() bool {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
	for {
		frame, more := frames.Next()
		if frame.Function == "os.Exit" {
			return true
		}
		if !more {
			return false
		}
	}
}
