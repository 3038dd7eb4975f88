package c

var (
	errnoLocation = function{name: "__error"}
	stdinName     = function{name: "__stdinp"}
	stdoutName    = function{name: "__stdoutp"}
	stderrName    = function{name: "__stderrp"}
)

// nilPointer is how printf shows a null pointer: "%p" differs between C libraries.
const nilPointer = "0x0"
