//go:build llgopy

package start

import (
	"syscall"
	"unsafe"
)

const signals = 65 // _NSIG of package runtime

//go:linkname initSigmask runtime.initSigmask
var initSigmask uint64

// The kernel's signal sets have 8 bytes, and its struct sigaction is that of
// package runtime: handler, flags, restorer, mask.
const setSize = 8

type sigaction struct{ handler, flags, restorer, mask uintptr }

func ignore(signal int) {
	action := sigaction{handler: sigIgn}
	syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(signal), uintptr(unsafe.Pointer(&action)), 0, setSize, 0, 0)
}

func setMask() {
	const sigSetmask = 2 // SIG_SETMASK
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, sigSetmask, uintptr(unsafe.Pointer(&initSigmask)), 0, setSize, 0, 0)
}
