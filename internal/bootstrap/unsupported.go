//go:build !((linux || darwin) && (amd64 || arm64))

package bootstrap

// The front end refuses other platforms with a message of its own; this line is
// what a direct "go build" shows.
var _ = a_Go_program_that_calls_Python_needs_linux_or_darwin_on_amd64_or_arm64
