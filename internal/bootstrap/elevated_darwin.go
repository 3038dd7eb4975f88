package bootstrap

import "github.com/ebitengine/purego"

// elevated reports whether the process has more rights than its caller, who is
// then not to be believed.
func elevated() bool {
	r, _, _ := purego.SyscallN(libc("issetugid"))
	return r != 0
}
