package c

import (
	"unsafe"
)

// vaList is C's va_list with all arguments in memory and none in registers
// (System V AMD64 ABI 3.5.7).
func vaList(args []uint64) Pointer {
	list := &struct {
		gp, fp         uint32
		overflow, save unsafe.Pointer
	}{48, 176, Pointer(&args[0]), nil}
	return Pointer(list)
}
