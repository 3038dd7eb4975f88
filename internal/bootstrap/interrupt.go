package bootstrap

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/ebitengine/purego"
)

// Ctrl-C. Go's handler for SIGINT stays in place and its channel decides: if the
// main goroutine is inside a Python call, KeyboardInterrupt is raised there;
// otherwise the program dies by SIGINT like any Go program, after Python has
// flushed.

// nudgePause and lastPause: see nudgeMain.
const (
	nudgePause = 5 * time.Millisecond
	lastPause  = 10 * time.Second
)

var symSetInterrupt = Sym{Name: "PyErr_SetInterrupt"}

// interrupts is how SIGINT is waited for.
var interrupts struct {
	sync.Mutex
	ch               chan os.Signal // the present one; nil if the program ignores SIGINT
	watching         chan struct{}  // closed when it is
	mainThread       uintptr
	handledByProgram bool
}

// watchInterrupt starts the watcher. A program started with SIGINT ignored (nohup,
// a shell's background job) keeps ignoring it.
//
// It is called first of all, and what it does is done beside the start of Python:
// package os/signal starts a thread for itself, and waits for it.
func watchInterrupt(handledByProgram bool) {
	if signal.Ignored(os.Interrupt) {
		return
	}
	ch := make(chan os.Signal, 1)
	interrupts.ch, interrupts.watching, interrupts.handledByProgram = ch, make(chan struct{}), handledByProgram
	interrupts.mainThread, _, _ = purego.SyscallN(libc("pthread_self"))
	go func() {
		signal.Notify(ch, os.Interrupt)
		close(interrupts.watching)
		watch(ch)
	}()
}

// awaitWatcher waits until SIGINT is waited for, which is long the case where there are
// processors to spare: else the first call of the program would die of it.
func awaitWatcher() {
	if interrupts.ch != nil {
		<-interrupts.watching
	}
}

// settleInterrupts forgets, before Python's part of the end, what has come so far in
// a program that handles SIGINT itself. It has got the signal, and may be ending because
// of it, before the watcher has: what comes that late would be raised in the end.
// Package os/signal gives a signal to all channels before Notify adds another one.
func settleInterrupts() {
	if interrupts.ch == nil || !interrupts.handledByProgram {
		return
	}
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, os.Interrupt)
	interrupts.Lock()
	interrupts.ch = ch
	interrupts.Unlock()
	go watch(ch)
}

// watch handles what comes until another channel is the present one.
func watch(ch chan os.Signal) {
	for range ch {
		for again := true; again; {
			interrupts.Lock()
			if interrupts.ch != ch {
				interrupts.Unlock()
				return
			}
			raised := raise(interrupts.handledByProgram)
			interrupts.Unlock()
			again = raised && nudgeMain(interrupts.mainThread, ch)
		}
	}
}

// raise raises KeyboardInterrupt if the main goroutine is in Python.
func raise(handledByProgram bool) bool {
	switch {
	case mainDepth.Load() > 0:
		purego.SyscallN(symSetInterrupt.Addr()) // needs no GIL
		// Up to 3.12 a signal noted by another thread is seen by running bytecode
		// only when somebody asks for the GIL. It may be busy, so do not wait.
		go func() { acquireQuietly().Release() }()
		return true
	case !running.Load() && !handledByProgram: // during the start: nothing to flush yet
		dieByInterrupt()
	case !handledByProgram:
		if gilInTime() {
			softEnd(false)
		}
		dieByInterrupt()
	}
	return false
}

// nudgeMain ends a system call the main thread may be blocked in, so that Python
// gets to see the interrupt. The SIGINT itself came too early for that: the call
// was restarted, or retried by Python, before PyErr_SetInterrupt.
//
// The signal for it is SIGURG, which the Go runtime sends to its own threads all
// the time and everybody must expect; siginterrupt makes it end a read or a lock
// as well for the moment. Python may be just about to enter the system call when
// the signal comes, or in a computation in C with a system call behind it, and nothing
// tells: hence several, further and further apart, while the main goroutine is in
// Python. It tells whether the next interrupt came meanwhile.
func nudgeMain(thread uintptr, next <-chan os.Signal) (again bool) {
	siginterrupt, kill := libc("siginterrupt"), libc("pthread_kill")
	purego.SyscallN(siginterrupt, uintptr(syscall.SIGURG), 1)
	for pause := nudgePause; pause <= lastPause && mainDepth.Load() > 0 && !again; pause *= 2 {
		purego.SyscallN(kill, thread, uintptr(syscall.SIGURG))
		select {
		case <-next:
			again = true
		case <-time.After(pause):
		}
	}
	purego.SyscallN(siginterrupt, uintptr(syscall.SIGURG), 0)
	return again
}
