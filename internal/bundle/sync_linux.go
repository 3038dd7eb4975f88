package bundle

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncTree brings everything below dir to the disk: one syncfs instead of a
// thousand fsyncs.
func syncTree(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
