package cachedir

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncTree brings everything below dir to the disk. One syncfs is much cheaper
// than a thousand fsyncs, at the price of waiting for what other programs wrote
// to the same file system.
func syncTree(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
