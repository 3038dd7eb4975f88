//go:build !go1.25

package bootstrap

import "runtime"

// defaultProcessors goes back to what Go has chosen when the program started.
func defaultProcessors(procs int) { runtime.GOMAXPROCS(procs) }
