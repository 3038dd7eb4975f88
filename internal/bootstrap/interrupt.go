package bootstrap

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ebitengine/purego"
)

// Ctrl-C. Go's handler for SIGINT stays in place and its channel decides: if the
// main goroutine is inside a Python call, KeyboardInterrupt is raised there;
// otherwise the program dies by SIGINT like any Go program, after Python has
// flushed.

// nudges and nudgePause: see nudgeMain.
const (
	nudges     = 5
	nudgePause = 5 * time.Millisecond
)

var symSetInterrupt = Sym{Name: "PyErr_SetInterrupt"}

// watchInterrupt starts the watcher. A program started with SIGINT ignored (nohup,
// a shell's background job) keeps ignoring it.
//
// It is called first of all, and what it does is done beside the start of Python:
// package os/signal starts a thread for itself, and waits for it.
func watchInterrupt(handledByProgram bool) {
	if signal.Ignored(os.Interrupt) {
		return
	}
	mainThread, _, _ := purego.SyscallN(libc("pthread_self"))
	go func() {
		ch := make(chan os.Signal, 1)
		signal.Notify(ch, os.Interrupt)
		for range ch {
			interrupt(mainThread, handledByProgram)
		}
	}()
}

func interrupt(mainThread uintptr, handledByProgram bool) {
	switch {
	case mainDepth.Load() > 0:
		purego.SyscallN(symSetInterrupt.Addr()) // needs no GIL
		// Up to 3.12 a signal noted by another thread is seen by running bytecode
		// only when somebody asks for the GIL. It may be busy, so do not wait.
		go func() { acquireQuietly().Release() }()
		nudgeMain(mainThread)
	case !running.Load() && !handledByProgram: // during the start: nothing to flush yet
		dieByInterrupt()
	case !handledByProgram:
		if gilInTime() {
			softEnd(false)
		}
		dieByInterrupt()
	}
}

// nudgeMain ends a system call the main thread may be blocked in, so that Python
// gets to see the interrupt. The SIGINT itself came too early for that: the call
// was restarted, or retried by Python, before PyErr_SetInterrupt.
//
// The signal for it is SIGURG, which the Go runtime sends to its own threads all
// the time and everybody must expect; siginterrupt makes it end a read or a lock
// as well for the moment. Python may be just about to enter the system call when
// the signal comes, hence several.
func nudgeMain(thread uintptr) {
	siginterrupt, kill := libc("siginterrupt"), libc("pthread_kill")
	purego.SyscallN(siginterrupt, uintptr(syscall.SIGURG), 1)
	for i := 0; i < nudges && mainDepth.Load() > 0; i++ {
		purego.SyscallN(kill, thread, uintptr(syscall.SIGURG))
		time.Sleep(nudgePause)
	}
	purego.SyscallN(siginterrupt, uintptr(syscall.SIGURG), 0)
}
