package durable

import (
	"os"

	"golang.org/x/sys/unix"
)

// Tree brings everything below dir to the disk. One syncfs is much cheaper than
// a thousand fsyncs, at the price of waiting for what other programs wrote to
// the same file system.
func Tree(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
