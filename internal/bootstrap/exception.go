package bootstrap

import (
	"sync"
	"sync/atomic"
)

// An exception belongs to the goroutine that made the failing call. C keeps it in
// the thread state, but a goroutine has no thread of its own, so every crossing
// takes it off before it drops the GIL, and it waits here.

// exception is one that nobody has handled yet: the three references of
// PyErr_Fetch, or from CPython 3.12 on the exception alone in raised[0].
type exception struct {
	raised [3]uintptr
	order  int       // position among all exceptions of the program
	note   string    // printed below the traceback
	stack  []uintptr // of the Go call that failed
}

var pending struct {
	count atomic.Int32 // number of entries: one load when there is none
	sync.Mutex
	byGoroutine map[uintptr]*exception
	order       int
}

var (
	symGetRaised = Sym{Name: "PyErr_GetRaisedException"} // 3.12+
	symSetRaised = Sym{Name: "PyErr_SetRaisedException"} // 3.12+
	symRestore   = Sym{Name: "PyErr_Restore"}
	symNormalize = Sym{Name: "PyErr_NormalizeException"}
)

// keepException stores what a crossing fetched.
func keepException(raised [3]uintptr) {
	pending.Lock()
	defer pending.Unlock()
	if pending.byGoroutine == nil {
		pending.byGoroutine = map[uintptr]*exception{}
	}
	pending.order++
	pending.byGoroutine[goroutine()] = &exception{raised: raised, order: pending.order, stack: here()}
	pending.count.Store(int32(len(pending.byGoroutine)))
}

// takeException removes and returns this goroutine's exception, or nil.
func takeException() *exception {
	if pending.count.Load() == 0 {
		return nil
	}
	pending.Lock()
	defer pending.Unlock()
	me := goroutine()
	e := pending.byGoroutine[me]
	delete(pending.byGoroutine, me)
	pending.count.Store(int32(len(pending.byGoroutine)))
	return e
}

// takeOldest removes and returns the oldest exception of all goroutines, or nil.
func takeOldest() *exception {
	pending.Lock()
	defer pending.Unlock()
	var oldest *exception
	var owner uintptr
	for g, e := range pending.byGoroutine {
		if oldest == nil || e.order < oldest.order {
			oldest, owner = e, g
		}
	}
	delete(pending.byGoroutine, owner)
	pending.count.Store(int32(len(pending.byGoroutine)))
	return oldest
}

// Pending reports whether this goroutine has an exception nobody has handled.
func Pending() bool {
	if pending.count.Load() == 0 {
		return false
	}
	pending.Lock()
	defer pending.Unlock()
	return pending.byGoroutine[goroutine()] != nil
}

// restore makes e the thread's pending exception again, normalized.
func (h *Hold) restore(e *exception) {
	if api.fetchOne != 0 {
		h.Call(&symSetRaised, e.raised[0])
		return
	}
	h.Call(&symRestore, e.raised[0], e.raised[1], e.raised[2])
}

// inspect returns the exception's type (borrowed) and value, normalized.
func (h *Hold) inspect(e *exception) (class, value uintptr) {
	if api.fetchOne != 0 {
		class = h.Call(&symObjectType, e.raised[0])
		h.DecRef(class) // the instance keeps its type alive
		return class, e.raised[0]
	}
	slots := &e.raised
	h.normalize(slots)
	return slots[0], slots[1]
}

// ErrClear drops this goroutine's exception.
func ErrClear() {
	e := takeException()
	if e == nil {
		return
	}
	h := acquireQuietly()
	defer h.Release()
	h.DecRef(e.raised[0], e.raised[1], e.raised[2])
}

// ErrPrint prints this goroutine's exception to sys.stderr and clears it, like
// PyErr_Print; as there, SystemExit ends the program with its code.
func ErrPrint() { printPending(false) }

// ErrPrintTop is ErrPrint for code that the program runs as a script
// (py.RunSimpleString): there nobody but us could act on an interrupt, so
// KeyboardInterrupt ends the program as it ends the python command.
func ErrPrintTop() { printPending(true) }

func printPending(top bool) {
	e := takeException()
	if e == nil {
		return
	}
	h := acquireQuietly()
	how, exits := h.report(e)
	h.Release()
	if exits || top && how.interrupt {
		end(how)
	}
}
