//go:build unix

package facts

import "syscall"

// limitMemory bounds what this process can allocate. Linux counts all private memory
// that can be written as data, which is what a Go program allocates; macOS has no limit
// that holds.
func limitMemory(mib int) {
	limit := syscall.Rlimit{Cur: uint64(mib) << 20, Max: uint64(mib) << 20}
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &limit)
}
