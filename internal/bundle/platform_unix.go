//go:build unix

package bundle

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// setTime sets the times of a file, or of a link itself.
func setTime(name string, t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	return unix.UtimesNanoAt(unix.AT_FDCWD, name, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW)
}

// lockDir takes the lock of a directory, which ends with the returned function
// or with the process. With wait it waits for another holder, else that is
// errHeld. A file system without locks is errNoLocks.
func lockDir(dir string, wait bool) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		err = unix.Flock(int(f.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	switch {
	case err == nil:
		return func() { f.Close() }, nil
	case errors.Is(err, unix.EWOULDBLOCK):
		err = errHeld
	default:
		err = errNoLocks // EBADF and ENOLCK of NFS, EOPNOTSUPP
	}
	f.Close()
	return nil, err
}

// unsupported tells whether the file system or the kernel has no such call.
func unsupported(err error) bool {
	for _, code := range []error{unix.ENOSYS, unix.EINVAL, unix.ENOTSUP, unix.EOPNOTSUPP} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
