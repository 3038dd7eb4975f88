package bootstrap_test

import "testing"

// TestArenas asks CPython for the allocator it has for arenas, and that for an arena:
// all of it is in memory (mincore(2)), it can be given back, and what cannot be had is
// NULL. Then it fills many arenas and gives them back.
func TestArenas(t *testing.T) {
	const code = `
import ctypes, mmap
class Allocator(ctypes.Structure):
    _fields_ = [(n, ctypes.c_void_p) for n in ("ctx", "alloc", "free")]
a = Allocator()
ctypes.pythonapi.PyObject_GetArenaAllocator(ctypes.byref(a))
alloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)(a.alloc)
free = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)(a.free)
libc = ctypes.CDLL(None)
pages = 64
size = pages * mmap.PAGESIZE
def resident(p):
    seen = (ctypes.c_ubyte * pages)()
    if libc.mincore(ctypes.c_void_p(p), ctypes.c_size_t(size), seen):
        return "not mapped"
    return sum(s & 1 for s in seen)
p = alloc(a.ctx, size)
print("fresh", resident(p) == pages)
free(a.ctx, p, size)
print("freed", resident(p))
print("too much", alloc(a.ctx, 1 << 62))
def mapped():
    return int(open("/proc/self/statm").read().split()[0]) * mmap.PAGESIZE >> 20
before = mapped()
many = [object() for _ in range(4_000_000)]
full = mapped()
del many
after = mapped()
print("grows", full - before > 60, "shrinks", after - before < 20)
`
	o := scenario(t, "code", code)
	want := "fresh True\nfreed not mapped\ntoo much None\ngrows True shrinks True\nstatus 0\n"
	if o.stdout != want || o.code != 0 {
		t.Errorf("exit status %d\n%s%s\nwant\n%s", o.code, o.stdout, o.stderr, want)
	}
}
