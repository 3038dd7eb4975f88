package links

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// clone makes dst a file that shares the blocks of src (ioctl FICLONE).
func clone(src, dst string) error {
	r, err := os.Open(src)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = unix.IoctlFileClone(int(w.Fd()), int(r.Fd()))
	return errors.Join(err, w.Close())
}
