//go:build linux || darwin

package unpack

import (
	"errors"
	"io/fs"
	"syscall"
)

func lstat(path string) (identity, error) {
	var st syscall.Stat_t
	if err := retry(func() error { return syscall.Lstat(path, &st) }); err != nil {
		return identity{}, &fs.PathError{Op: "lstat", Path: path, Err: err}
	}
	return identify(&st), nil
}

func fstat(fd int) (identity, error) {
	var st syscall.Stat_t
	err := retry(func() error { return syscall.Fstat(fd, &st) })
	return identify(&st), err
}

// openFile opens without os.File: no poller, no finalizer that would close what
// is to stay open. Never follows a link in the last position.
func openFile(path string, flags int) (int, error) {
	fd := -1
	err := retry(func() (err error) {
		fd, err = syscall.Open(path, flags|syscall.O_CLOEXEC|syscall.O_NOFOLLOW, 0o600)
		return err
	})
	if err != nil {
		return -1, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return fd, nil
}

func closeFile(fd int) {
	if fd >= 0 {
		_ = syscall.Close(fd)
	}
}

// readAt fills as much of buf as the file holds.
func readAt(fd int, buf []byte) (int, error) {
	total := 0
	for total < len(buf) {
		n, err := syscall.Pread(fd, buf[total:], int64(total))
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return total, err
		}
		total += n
	}
	return total, nil
}

const (
	lockShared    = syscall.LOCK_SH
	lockExclusive = syscall.LOCK_EX
	lockNoWait    = syscall.LOCK_NB
)

var errHeld = syscall.EWOULDBLOCK

// flock takes a lock that belongs to the open file: it ends with its last
// descriptor. File systems without locks (some of NFS and FUSE) are treated as
// if the lock were had: what follows is safe without, only less thrifty.
func flock(fd, how int) error {
	err := retry(func() error { return syscall.Flock(fd, how) })
	if errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.EBADF) || errors.Is(err, syscall.ENOSYS) ||
		errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

// allowsExec finds out whether code may be mapped from the file: not on a file
// system that is mounted noexec, nor where a security module forbids it.
func allowsExec(fd int) error {
	m, err := syscall.Mmap(fd, 0, 1, syscall.PROT_READ|syscall.PROT_EXEC, syscall.MAP_PRIVATE)
	if err != nil {
		return errNoExec
	}
	return syscall.Munmap(m)
}

func retry(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR {
			return err
		}
	}
}
