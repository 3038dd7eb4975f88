package c

import (
	"runtime"
	"unsafe"
)

// vaList is C's va_list with all arguments in memory and none in registers
// (AAPCS64 appendix B; on macOS it is the address of the arguments).
func vaList(args []uint64) Pointer {
	if runtime.GOOS == "darwin" {
		return Pointer(&args[0])
	}
	list := &struct {
		stack, grTop, vrTop unsafe.Pointer
		grOffset, vrOffset  int32
	}{stack: Pointer(&args[0])}
	return Pointer(list)
}
