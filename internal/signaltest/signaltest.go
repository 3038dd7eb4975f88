// Package signaltest is for tests that send signals to the programs that they start.
package signaltest

import (
	"os"
	"os/signal"
)

// Interruptible has programs that are started from now on begin with the default
// disposition of SIGINT. They inherit that it is ignored if this process was started in
// the background by a shell's script, and Python and Go then leave it so. Whoever hears
// a signal gives its children the default; nothing is done with what is heard, as before.
func Interruptible() {
	if signal.Ignored(os.Interrupt) {
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	}
}
