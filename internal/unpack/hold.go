package unpack

import "sync"

// held are the stamps whose shared locks keep trees from being trimmed. They stay
// open, and are closed on exec, until the process ends.
var held struct {
	sync.Mutex
	fds []int
}

func hold(fd int) {
	held.Lock()
	defer held.Unlock()
	held.fds = append(held.fds, fd)
}
