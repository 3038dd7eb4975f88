//go:build llgopy

package start

import (
	"os/signal"
	"syscall"
)

const signals = 32 // _NSIG of package runtime

// ignore goes through package runtime, which knows how macOS is called.
func ignore(n int) { signal.Ignore(syscall.Signal(n)) }

// setMask does nothing: what package runtime unblocks stays unblocked. See package
// launcher.
func setMask() {}
