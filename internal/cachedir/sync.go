package cachedir

import (
	"os"
	"runtime"
)

// syncDir brings the names in dir to the disk, so that a rename survives a
// power cut. Windows cannot flush a directory and does not need it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
