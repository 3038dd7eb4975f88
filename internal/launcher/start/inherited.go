//go:build llgopy

package start

import _ "unsafe" // for linkname

// The Go runtime installs handlers for nearly all signals, which exec turns into
// the default even where a signal was ignored before; it unblocks those that it
// cannot do without; and package syscall drops doubled and empty strings from the
// environment. What was there before it keeps in variables without a public name.
// TestInherited and TestInheritedSignals notice should one be renamed: the linker
// would not.

//go:linkname fwdSig runtime.fwdSig
var fwdSig [signals]uintptr

//go:linkname envs runtime.envs
var envs []string

const sigIgn = 1 // SIG_IGN

// inherited is what the process was started with and Go does not keep.
type inherited struct{ env []string }

func readInherited() *inherited { return &inherited{envs} }

// ignoreAgain ignores the signals that were. It is done at once: the user may have
// meant the signal that comes while the program is being unpacked.
func (*inherited) ignoreAgain() {
	for n, handler := range fwdSig {
		if handler == sigIgn {
			ignore(n)
		}
	}
}

// blockAgain blocks the signals that were blocked in the calling thread, and no others.
func (*inherited) blockAgain() { setMask() }
