//go:build !unix

package helper

import "os/exec"

// ownGroup does nothing where there are no process groups; the program itself is
// still killed.
func ownGroup(*exec.Cmd) {}
