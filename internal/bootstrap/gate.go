package bootstrap

import (
	"sync/atomic"
	"time"

	"github.com/ebitengine/purego"
)

// A goroutine that waits for the GIL inside C holds an OS thread while it does,
// and Go ends a program that needs more than 10 000 of them. So only a few wait in
// C; the others wait in Go, where it costs nothing.
//
// What is counted is the way to the GIL, not the call: api.waiting goes up before
// the crossing and down in cross, the moment the GIL is taken. A call that holds
// no GIL for long (a blocking read, queue.get) therefore blocks nobody.
const maxWaiting = 4

// gateTick bounds the wait of a parked goroutine. Normally a finished call wakes
// one; but the last one in may have gone on to block without the GIL, and then
// nobody would.
const gateTick = time.Millisecond

var gate = struct {
	parked atomic.Int32
	wake   chan struct{}
}{wake: make(chan struct{}, maxWaiting)}

func enterGate() {
	if atomic.AddInt32(&api.waiting, 1) > maxWaiting {
		park()
	}
}

// leaveGate runs after each call.
func leaveGate() {
	if gate.parked.Load() == 0 {
		return
	}
	select {
	case gate.wake <- struct{}{}:
	default:
	}
}

var symGILCheck = Sym{Name: "PyGILState_Check"}

// HasGIL reports whether the calling thread holds the GIL: only then is this
// goroutine inside a callback from Python, or in a Hold.
func HasGIL() bool {
	holding, _, _ := purego.SyscallN(symGILCheck.Addr())
	return int32(holding) != 0
}

// park waits in Go until few enough wait in C. A goroutine whose thread holds the
// GIL already (a callback from Python) must not: those in C wait for it.
func park() {
	if HasGIL() {
		return
	}
	gate.parked.Add(1)
	defer gate.parked.Add(-1)
	tick := time.NewTicker(gateTick)
	defer tick.Stop()
	for {
		atomic.AddInt32(&api.waiting, -1)
		select {
		case <-gate.wake:
		case <-tick.C:
		}
		if atomic.AddInt32(&api.waiting, 1) <= maxWaiting {
			return
		}
	}
}
