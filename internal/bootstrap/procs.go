package bootstrap

import (
	"os"
	"runtime"
)

// oneProcessor lets goroutines run on one thread at a time until the function that it
// returns is called. While Python starts there is nothing for others to do: they would
// wake up, find no work and slow down every page fault and every change of the address
// space of this thread, of which a start has two thousand.
func oneProcessor() (restore func()) {
	procs := runtime.GOMAXPROCS(1)
	return func() {
		if os.Getenv("GOMAXPROCS") == "" {
			defaultProcessors(procs)
		} else {
			runtime.GOMAXPROCS(procs)
		}
	}
}
