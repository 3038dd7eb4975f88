package bootstrap

import "github.com/ebitengine/purego"

// elevated reports whether the process has more rights than its caller, who is
// then not to be believed.
func elevated() bool {
	const atSecure = 23 // AT_SECURE of getauxval(3)
	r, _, _ := purego.SyscallN(libc("getauxval"), atSecure)
	return r != 0
}
