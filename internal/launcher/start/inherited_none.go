//go:build !llgopy

package start

import "os"

// inherited, in the tests of this repository, is as Go has it. Launchers have
// inherited.go in its place.
type inherited struct{ env []string }

func readInherited() *inherited { return &inherited{os.Environ()} }
func (*inherited) ignoreAgain() {}
func (*inherited) blockAgain()  {}
