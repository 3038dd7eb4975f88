package pythontest

// ArenaChecks is Python code that asks CPython for the allocator it has for arenas,
// and that for an arena: all of it is in memory (mincore(2)), it can be given back, and
// what cannot be had is NULL. Then it fills many arenas and gives them back.
const ArenaChecks = `
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
many = [None] * 1_000_000
before = mapped()
for i in range(len(many)):
    many[i] = object()
full = mapped()
for i in range(len(many)):
    many[i] = None
after = mapped()
print("grows", full - before > 12, "shrinks", after - before < 6)
`

// ArenasPopulated is what ArenaChecks prints where arenas come with their pages.
const ArenasPopulated = "fresh True\nfreed not mapped\ntoo much None\ngrows True shrinks True\n"
