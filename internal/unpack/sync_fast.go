//go:build linux && (amd64 || arm64)

package unpack

import (
	"io/fs"
	"syscall"
)

// syncAll brings the file system of dir to the disk: one call instead of a
// thousand, at the price of waiting for what other programs wrote.
func syncAll(dir string) error {
	fd, err := openFile(dir, syscall.O_RDONLY|syscall.O_DIRECTORY)
	if err != nil {
		return err
	}
	defer closeFile(fd)
	if _, _, errno := syscall.Syscall(sysSyncfs, uintptr(fd), 0, 0); errno != 0 {
		return &fs.PathError{Op: "sync", Path: dir, Err: errno}
	}
	return nil
}
