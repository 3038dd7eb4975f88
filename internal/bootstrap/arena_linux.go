package bootstrap

import "unsafe"

// arenaABI0 has the addresses of newArena and freeArena, which follow the C calling
// convention.
var arenaABI0 [2]uintptr

// arenaAllocator is C's PyObjectArenaAllocator (Include/cpython/objimpl.h).
type arenaAllocator struct {
	ctx         uintptr
	alloc, free uintptr
}

// populateArenas has CPython's small objects lie in memory that is there already.
// CPython maps arenas of 1 MiB (256 KiB before 3.10) and uses them from one end to
// the other, so each of their pages is touched, one page fault after the other; the
// kernel makes all pages of an arena in one go for little more than half of the time.
// What it costs is the unused part of the arena in use. It must run before
// initialisation. An arena that CPython mapped before is unmapped the same way.
func populateArenas() {
	a := arenaAllocator{alloc: arenaABI0[0], free: arenaABI0[1]}
	raw("PyObject_SetArenaAllocator", uintptr(unsafe.Pointer(&a)))
}
