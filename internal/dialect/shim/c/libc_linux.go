package c

var (
	errnoLocation = function{name: "__errno_location"}
	stdinName     = function{name: "stdin"}
	stdoutName    = function{name: "stdout"}
	stderrName    = function{name: "stderr"}
)

// nilPointer is how printf shows a null pointer: "%p" differs between C libraries.
const nilPointer = "(nil)"
