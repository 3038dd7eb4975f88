//go:build unix

package bundle

import (
	"os/signal"
	"syscall"
)

// withUmask runs f under a umask.
func withUmask(mask int, f func()) {
	old := syscall.Umask(mask)
	defer syscall.Umask(old)
	f()
}

// limitFileSize makes writes beyond a size fail, as on a full disk.
func limitFileSize(size uint64) error {
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size})
}
