// Package start is what a launcher does when it is started: see package launcher.
// It is compiled into users' programs.
package start

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/origin"
	"github.com/llgo-pypack/llgo-pypack/internal/section"
	"github.com/llgo-pypack/llgo-pypack/internal/unpack"
)

// Become unpacks the archive, which it opens, if need be and replaces this process by
// the program of that name in its tree. With tell, the program is told where this file is.
// Become never returns: what is in its way it says in one line, with exit status 1.
func Become(archive func() (*section.Archive, error), name string, tell bool) {
	runtime.LockOSThread() // exec keeps the signal mask of the thread that calls it
	inherited := readInherited()
	inherited.ignoreAgain()
	err := become(archive, name, tell, inherited)
	_, _ = os.Stderr.WriteString(calledAs() + ": cannot start: " + err.Error() + "\n")
	os.Exit(1)
}

func become(archive func() (*section.Archive, error), name string, tell bool, inherited *inherited) error {
	tree, err := ensure(archive)
	if err != nil {
		return err
	}
	env := inherited.env // without an origin that was meant for this process
	if tell {
		if self, err := os.Executable(); err == nil {
			env = append(env, origin.Variable+"="+strconv.Itoa(os.Getpid())+":"+self)
		}
	}
	program := tree + "/" + name
	inherited.blockAgain()
	err = syscall.Exec(program, os.Args, env)
	return &os.PathError{Op: "exec", Path: program, Err: err}
}

func ensure(open func() (*section.Archive, error)) (tree string, err error) {
	archive, err := open()
	if err != nil {
		return "", err
	}
	defer archive.Close()
	return unpack.EnsureArchive(archive, archive.Size())
}

func calledAs() string {
	if len(os.Args) == 0 {
		return "program"
	}
	return filepath.Base(os.Args[0])
}
