package bootstrap

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/origin"
)

// userFile is what Origin returns.
var userFile string

// Origin returns the absolute path of the file that the user started: the program's
// own, or that of the launcher that unpacked it and became it (internal/launcher).
// It is for messages and for files beside the program, and "" only before Start.
// Python finds it as sys._llgo_origin.
func Origin() string { return userFile }

// findOrigin settles Origin and removes the launcher's variable from the C
// library's environment, which Python and its children get; Go's lost it already,
// before anybody could look.
func findOrigin(self string) {
	userFile = self
	if origin.Value == "" {
		return
	}
	purego.SyscallN(libc("unsetenv"), uintptr(unsafe.Pointer(cstring(origin.Variable))))
	if path, ok := parseOrigin(origin.Value, os.Getpid()); ok && !elevated() {
		userFile = path
	}
}

// parseOrigin returns the path in the launcher's variable if it was set for the
// process of that number: exec keeps it, and a child that inherited the variable
// has another.
func parseOrigin(value string, pid int) (path string, ok bool) {
	number, path, found := strings.Cut(value, ":")
	return path, found && number == strconv.Itoa(pid) && filepath.IsAbs(path)
}
