package c

import (
	"bytes"
	"reflect"
	"sort"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

var (
	malloc  = function{name: "malloc"}
	calloc  = function{name: "calloc"}
	realloc = function{name: "realloc"}
	free    = function{name: "free"}
)

// Malloc, Calloc, Realloc and Free are the C library's: what one of them returns
// may be given to C code that frees it, and the other way round.
func Malloc(size uintptr) Pointer { return pointer(malloc.call(size)) }

// Calloc allocates zeroed memory.
func Calloc(num uintptr, size uintptr) Pointer { return pointer(calloc.call(num, size)) }

// Free releases memory of Malloc, Calloc, Realloc, Strdup or C code.
func Free(ptr Pointer) { free.call(uintptr(ptr)) }

// Realloc changes the size of an allocation, which may move.
func Realloc(ptr Pointer, size uintptr) Pointer { return pointer(realloc.call(uintptr(ptr), size)) }

// Alloca returns zeroed memory of Go's heap, which goes away when nothing refers to
// it. In C it would go away when the calling function returns, so nobody may keep
// it longer than that anyway. It must not hold the only pointer to another Go
// value: the garbage collector sees plain bytes. AllocaNew has no such limit.
func Alloca(size uintptr) Pointer {
	// Words, so that any C type is aligned; one more, so that size 0 works.
	words := make([]uint64, size/8+1)
	return Pointer(&words[0])
}

// AllocaNew returns a zeroed T; like Alloca it lives as long as it is referred to.
func AllocaNew[T any]() *T { return new(T) }

// Advance returns ptr moved by offset elements; for Pointer an element is a byte.
func Advance[PtrT any, I integer](ptr PtrT, offset I) PtrT {
	size := uintptr(1)
	switch t := reflect.TypeOf(ptr); t.Kind() {
	case reflect.Pointer:
		size = t.Elem().Size()
	case reflect.UnsafePointer:
	default:
		panic("c.Advance: " + t.String() + " is not a pointer")
	}
	moved := unsafe.Add(*(*unsafe.Pointer)(unsafe.Pointer(&ptr)), uintptr(offset)*size)
	return *(*PtrT)(unsafe.Pointer(&moved))
}

// Index returns the element at offset of the array that ptr points to.
func Index[T any, I integer](ptr *T, offset I) T {
	return *(*T)(unsafe.Add(unsafe.Pointer(ptr), uintptr(offset)*unsafe.Sizeof(*ptr)))
}

// region is n bytes of memory as a slice.
func region(p Pointer, n uintptr) []byte { return unsafe.Slice((*byte)(p), n) }

// Memcpy copies n bytes to dst and returns dst; the two may even overlap.
func Memcpy(dst, src Pointer, n uintptr) Pointer { return Memmove(dst, src, n) }

// Memmove copies n bytes to dst, overlapping or not, and returns dst.
func Memmove(dst, src Pointer, n uintptr) Pointer {
	copy(region(dst, n), region(src, n))
	return dst
}

// Memset sets n bytes to c and returns s.
func Memset(s Pointer, c Int, n uintptr) Pointer {
	b := region(s, n)
	for i := range b {
		b[i] = byte(c)
	}
	return s
}

// Memchr returns a pointer to the first byte c among n, or nil.
func Memchr(s Pointer, c Int, n uintptr) Pointer {
	if i := bytes.IndexByte(region(s, n), byte(c)); i >= 0 {
		return unsafe.Add(s, i)
	}
	return nil
}

// Memcmp compares n bytes; the result is negative, 0 or positive.
func Memcmp(s1, s2 Pointer, n uintptr) Int { return Int(bytes.Compare(region(s1, n), region(s2, n))) }

// Qsort sorts count elements of elem bytes each by compar. Equal elements keep
// their order, which C allows and older C libraries did.
func Qsort(base Pointer, count, elem uintptr, compar func(a, b Pointer) Int) {
	if count < 2 || elem == 0 {
		return
	}
	copied := append([]byte(nil), region(base, count*elem)...)
	order := make([]Pointer, count)
	for i := range order {
		order[i] = Pointer(&copied[uintptr(i)*elem])
	}
	sort.SliceStable(order, func(i, j int) bool { return compar(order[i], order[j]) < 0 })
	for i, p := range order {
		copy(region(unsafe.Add(base, uintptr(i)*elem), elem), region(p, elem))
	}
}

var callbacks struct {
	sync.Mutex
	byFunc map[unsafe.Pointer]Pointer
}

// Func returns a C function pointer for a Go function, whose parameters and result
// are integers, pointers or (parameters only) floats. The memory is never released
// and there are at most 2000 of them, one per function: use package-level functions.
func Func(f any) Pointer {
	key := (*[2]unsafe.Pointer)(unsafe.Pointer(&f))[1] // the closure, kept by purego
	callbacks.Lock()
	defer callbacks.Unlock()
	if p, ok := callbacks.byFunc[key]; ok {
		return p
	}
	p := pointer(purego.NewCallback(f))
	if callbacks.byFunc == nil {
		callbacks.byFunc = map[unsafe.Pointer]Pointer{}
	}
	callbacks.byFunc[key] = p
	return p
}
