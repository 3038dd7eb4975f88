// Package durable brings to the disk what must survive a power cut.
package durable

import (
	"os"
	"runtime"
)

// File brings a file, or the names in a directory, to the disk. Windows can
// flush neither through a handle opened for reading and is left alone.
func File(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
