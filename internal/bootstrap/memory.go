package bootstrap

import "unsafe"

// Pointer turns an address that came from C into a pointer. Such memory is not
// Go's, so the garbage collector neither moves nor frees it.
func Pointer(addr uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) }

// cstring returns s with a terminating NUL. The result must stay reachable while
// C uses it: write uintptr(unsafe.Pointer(cstring(s))) as an argument of a
// function marked go:uintptrescapes, and in no other way.
func cstring(s string) *byte {
	b := make([]byte, len(s)+1)
	copy(b, s)
	return &b[0]
}

// gostring copies a C string.
func gostring(addr uintptr) string {
	if addr == 0 {
		return ""
	}
	n := 0
	for *(*byte)(Pointer(addr + uintptr(n))) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(Pointer(addr)), n))
}

// wideString returns s as a NUL-terminated wchar_t string (32 bits on Linux and
// macOS). A byte that is not UTF-8 becomes a lone surrogate, as Python's
// surrogateescape (PEP 383) does, so that every file name survives.
func wideString(s string) []int32 {
	w := make([]int32, 0, len(s)+1)
	for i, r := range s {
		if r == '\uFFFD' && s[i] != 0xEF {
			w = append(w, 0xDC00+int32(s[i]))
			continue
		}
		w = append(w, r)
	}
	return append(w, 0)
}
