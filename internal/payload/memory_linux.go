package payload

import (
	"syscall"
	"unsafe"
)

// letGo tells the kernel that the pages of s that hold nothing else are not needed. s is
// mapped from a file and never written to, so nothing is lost (madvise(2)).
func letGo(s string) {
	page := uintptr(syscall.Getpagesize())
	from := uintptr(unsafe.Pointer(unsafe.StringData(s)))
	skip := (page - from%page) % page
	if uintptr(len(s)) < skip+page {
		return
	}
	whole := (uintptr(len(s)) - skip) / page * page
	_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.StringData(s[skip:]))), whole), syscall.MADV_DONTNEED)
}
