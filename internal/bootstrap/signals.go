package bootstrap

import (
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
)

// CPython's start changes the dispositions of these signals (signal_install_handlers
// and signal_get_set_handlers in its Modules/signalmodule.c). Go has set its own for
// all of them, and children inherit what is ignored, so the start is framed: save
// them, initialise, restore.
var changedByStart = [...]syscall.Signal{syscall.SIGINT, syscall.SIGPIPE, syscall.SIGXFSZ}

// disposition is room for a struct sigaction of any platform (152 bytes with
// glibc, 16 on macOS); it is only carried from sigaction to sigaction.
type disposition [256]byte

// read asks for the disposition of a signal.
func (d *disposition) read(s syscall.Signal) {
	purego.SyscallN(libc("sigaction"), uintptr(s), 0, uintptr(unsafe.Pointer(d)))
}

// restore gives a signal the disposition that was read.
func (d *disposition) restore(s syscall.Signal) {
	purego.SyscallN(libc("sigaction"), uintptr(s), uintptr(unsafe.Pointer(d)), 0)
}

// keepingSignals runs the start of Python. During it SIGINT has the default
// disposition, unless it is ignored: CPython then enters default_int_handler in
// its own table, and PyErr_SetInterrupt raises KeyboardInterrupt later.
func keepingSignals(start func() error) error {
	saved := new([len(changedByStart)]disposition)
	for i, s := range changedByStart {
		saved[i].read(s)
	}
	defer func() {
		for i, s := range changedByStart {
			saved[i].restore(s)
		}
	}()
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
