package pylauncher

import (
	"fmt"
	"strings"
)

// libc is the C library that defines __libc_start_main.
const libc = "libc.so.6"

// rpath is where the launcher looks for libpython: bin/../lib.
const rpath = "$ORIGIN/../lib"

// unset names the environment variables that describe another interpreter's
// tree; see the package comment.
var unset = []string{"PYTHONHOME", "PYTHONPLATLIBDIR"}

// Spec says what launcher to write.
type Spec struct {
	// OS and Arch are a GOOS and a GOARCH: "linux" with "amd64" or "arm64".
	OS, Arch string
	// Libc is the C library of the target: "gnu" (the default, also for "") or
	// "musl", as the end of CPython's SOABI names it.
	Libc string
	// SONAME is the name libpython is needed by: "libpython3.14.so.1.0".
	SONAME string
	// Optimize is 0, 1 or 2: the launcher starts as python, python -O or python -OO.
	Optimize int
}

// Generate returns the bytes of the launcher: the same for the same spec, always.
// The file belongs beside a lib directory that holds libpython: <dir>/bin/python3
// and <dir>/lib/<SONAME>. An unsupported target is an error of one line.
func Generate(spec Spec) ([]byte, error) {
	m, err := machineOf(spec)
	if err != nil {
		return nil, err
	}
	// The length: a file name's, which keeps the image within its page.
	if spec.SONAME == "" || len(spec.SONAME) > 255 || strings.ContainsAny(spec.SONAME, "/\x00") {
		return nil, fmt.Errorf("python launcher: %q is not the SONAME of a libpython", spec.SONAME)
	}
	option := ""
	if spec.Optimize > 0 {
		option = "-" + strings.Repeat("O", spec.Optimize)
	}
	return newImage(m, spec.SONAME, option).bytes(), nil
}

// machineOf returns the machine of a spec, or says why there is none.
func machineOf(spec Spec) (*machine, error) {
	if spec.OS != "linux" {
		return nil, fmt.Errorf("python launcher: only linux has one, not %s; copy the interpreter of the distribution", spec.OS)
	}
	if spec.Libc != "" && spec.Libc != "gnu" {
		return nil, fmt.Errorf("python launcher: only glibc is supported, not %s; use a CPython built for glibc", spec.Libc)
	}
	switch spec.Arch {
	case "amd64":
		return &amd64, nil
	case "arm64":
		return &arm64, nil
	}
	return nil, fmt.Errorf("python launcher: linux/%s is not supported, only linux/amd64 and linux/arm64", spec.Arch)
}
