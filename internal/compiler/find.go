package compiler

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// BinVariable names the real llgo for people who keep it off PATH.
const BinVariable = "LLGO_BIN"

// ErrNoLLGo says that no real llgo is installed.
var ErrNoLLGo = errors.New("the real llgo was not found on PATH; set " + BinVariable + " if it is elsewhere")

// FindLLGo returns the path of the real llgo: LLGO_BIN, or the first llgo on
// PATH that is not this very program. Identity is that of the file, so a
// symlink or hard link to ourselves does not count either; nor does another
// build of this program, which would hand over to us again.
func FindLLGo() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	me, err := os.Stat(self)
	if err != nil {
		return "", err
	}
	if path := os.Getenv(BinVariable); path != "" {
		return named(path, me)
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(dir, "llgo")
		if runnable(path, me) {
			return path, nil
		}
	}
	return "", ErrNoLLGo
}

func named(path string, me os.FileInfo) (string, error) {
	fi, err := os.Stat(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", BinVariable, err)
	case os.SameFile(fi, me) || isFrontEnd(path):
		return "", fmt.Errorf("%s=%s is this program itself: set it to the real llgo", BinVariable, path)
	case !runnable(path, me):
		return "", fmt.Errorf("%s=%s is not an executable file", BinVariable, path)
	}
	return path, nil
}

func runnable(path string, me os.FileInfo) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0 && !os.SameFile(fi, me) && !isFrontEnd(path)
}

// frontEnd is the import path of this program.
const frontEnd = "github.com/llgo-pypack/llgo-pypack/cmd/llgo"

// isFrontEnd reports whether the file is a build of this program.
func isFrontEnd(path string) bool {
	info, err := buildinfo.ReadFile(path)
	return err == nil && info.Path == frontEnd
}
