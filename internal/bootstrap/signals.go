package bootstrap

import (
	"bytes"
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
)

// CPython's start changes signal dispositions (SIGPIPE, SIGXFSZ, SIGINT). Go has
// set its own for all of them, and children inherit what is ignored, so the start
// is framed: save every disposition, initialise, restore.

// lastSignal is the highest signal number on Linux; macOS ends at 31 and refuses
// the rest, which leaves their buffers untouched.
const lastSignal = 64

// disposition is room for a struct sigaction of any platform (152 bytes with
// glibc, 16 on macOS); it is only carried from sigaction to sigaction.
type disposition [256]byte

// readDispositions asks for all of them.
func readDispositions() *[lastSignal + 1]disposition {
	all := new([lastSignal + 1]disposition)
	sigaction := libc("sigaction")
	for n := uintptr(1); n <= lastSignal; n++ {
		purego.SyscallN(sigaction, n, 0, uintptr(unsafe.Pointer(&all[n])))
	}
	return all
}

// restore sets those that differ from what they are now.
func restoreDispositions(saved *[lastSignal + 1]disposition) {
	sigaction := libc("sigaction")
	now := readDispositions()
	for n := uintptr(1); n <= lastSignal; n++ {
		if !bytes.Equal(saved[n][:], now[n][:]) {
			purego.SyscallN(sigaction, n, uintptr(unsafe.Pointer(&saved[n])), 0)
		}
	}
}

// keepingSignals runs the start of Python. During it SIGINT has the default
// disposition, unless it is ignored: CPython then enters default_int_handler in
// its own table, and PyErr_SetInterrupt raises KeyboardInterrupt later.
func keepingSignals(start func() error) error {
	saved := readDispositions()
	defer restoreDispositions(saved)
	if !signal.Ignored(os.Interrupt) {
		setDefault(syscall.SIGINT)
	}
	return start()
}

// setDefault gives a signal its default disposition, at the level of C: Python
// may have installed a handler that Go knows nothing of.
func setDefault(s syscall.Signal) {
	const sigDfl = 0
	purego.SyscallN(libc("signal"), uintptr(s), sigDfl)
}
