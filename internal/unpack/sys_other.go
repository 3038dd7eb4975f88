//go:build !linux && !darwin

package unpack

import (
	"errors"
	"io/fs"
)

// Programs of one file are for Unix. Here every candidate is refused, at the first
// look, with this error.
var errNotUnix = errors.New("one-file programs need Linux or macOS")

func lstat(path string) (identity, error) {
	return identity{}, &fs.PathError{Op: "lstat", Path: path, Err: errNotUnix}
}

func fstat(int) (identity, error)          { return identity{}, errNotUnix }
func openFile(string, int) (int, error)    { return -1, errNotUnix }
func closeFile(int)                        {}
func readAt(int, []byte) (int, error)      { return 0, errNotUnix }
func flock(int, int) error                 { return errNotUnix }
func allowsExec(int) error                 { return errNotUnix }
func syncAll(string) error                 { return errNotUnix }
func kernelSaysElevated() bool             { return false }
func bootID() [16]byte                     { return [16]byte{} }
func (c *cache) running(string) bool       { return false }
func newLooker(string) (looker, error)     { return looker{}, errNotUnix }
func (looker) stat([]byte, *identity) bool { return false }
func (looker) close()                      {}

type looker struct{}

const lockShared, lockExclusive, lockNoWait = 0, 0, 0

var errHeld = errNotUnix
