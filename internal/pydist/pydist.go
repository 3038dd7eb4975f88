// Package pydist provides the CPython distributions that programs are packaged
// with: managed ones, which it downloads, checks and unpacks into the cache
// (Managed), and interpreters or virtual environments of the user's
// (FromInterpreter).
//
// A distribution is usable when it is CPython of a version in [Oldest, Newest],
// built for this machine, with a shared libpython: that library is what a
// packaged program loads.
package pydist

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
)

// Oldest and Newest are the first and last minor version of CPython 3 that
// packaged programs can be started with.
const (
	Oldest = 9
	Newest = 14
)

// Dist is one CPython distribution or virtual environment, as its own
// interpreter describes it. All paths are absolute.
type Dist struct {
	Version  string // "3.14.6"
	Minor    string // "3.14"
	ABIFlags string // sys.abiflags: "" usually, "t" for free-threaded builds
	SOABI    string // "cpython-314-x86_64-linux-gnu"
	Platform string // sysconfig.get_platform(): "linux-x86_64", "macosx-11.0-arm64"

	// Executable starts the interpreter; in a virtual environment it is the
	// environment's own. BaseExecutable is the file behind it, free of symbolic
	// links, which a bundle can carry.
	Executable     string
	BaseExecutable string

	Prefix     string // sys.prefix: the virtual environment, or BasePrefix
	BasePrefix string // sys.base_prefix: where the standard library was installed
	Stdlib     string // sysconfig's "stdlib" directory
	PlatStdlib string // sysconfig's "platstdlib": beside it lies lib-dynload

	// SitePackages are the directories of sys.path beyond the standard library
	// that exist, in their order.
	SitePackages []string

	LibPython string // the shared library itself, free of symbolic links
	SONAME    string // the name it is asked for by: "libpython3.14.so.1.0"; on macOS its base name

	Managed bool
	// Pip is a directory that holds the package pip, in managed distributions
	// only. It is no part of sys.path.
	Pip string

	// Identity stands for the content of the distribution in cache keys: 64
	// hexadecimal digits. Of what is neither Managed nor Pinned it stands for the
	// interpreter only.
	Identity string
	// Interpreter stands for the interpreter without what is installed on top of it.
	Interpreter string
	// Pinned says that Identity is that of [Dist.Pin].
	Pinned bool

	unpinned string // Identity before
}

// IsVenv tells whether the distribution is a virtual environment.
func (d *Dist) IsVenv() bool { return d.Prefix != d.BasePrefix }

// Contains tells whether path lies in the distribution: in its own prefix or in
// that of the installation behind it.
func (d *Dist) Contains(path string) bool {
	return isBelow(path, d.Prefix) || isBelow(path, d.BasePrefix)
}

// LibDirName is the name of the standard library's directory in CPython's own
// layout: "python3.14", "python3.14t" for a free-threaded build.
func (d *Dist) LibDirName() string {
	name := "python" + d.Minor
	if strings.Contains(d.ABIFlags, "t") {
		name += "t"
	}
	return name
}

// Command prepares a run of the interpreter with the user's environment, except
// that none of the user's Python variables reaches it. It neither reads the user's site-packages
// nor imports from the working directory.
//
// Bytecode is kept in the cache, apart from the sources: distributions, the
// user's own ones above all, stay as they were unpacked, whoever runs them at
// the same time, and every run but the first is spared the compilation.
// Compiling a whole distribution in advance would take many times as long as
// compiling the few modules that are used.
func (d *Dist) Command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	return command(ctx, d.Executable, args...)
}

// CommandWithSeed is Command for programs that iterate over sets and shall say the same
// each time: hashes of strings are seeded the same in every run, as PyInstaller's manual
// recommends for builds that can be repeated. Isolated (-I) the interpreter would take no
// notice of the variable for it; as it is, of all that -I keeps out, only the directory of
// the script comes first on sys.path.
func (d *Dist) CommandWithSeed(ctx context.Context, args ...string) (*exec.Cmd, error) {
	cmd, err := d.Command(ctx, args...)
	if err != nil {
		return nil, err
	}
	cmd.Args[slices.Index(cmd.Args, "-I")] = "-s"
	cmd.Env = append(cmd.Env, "PYTHONHASHSEED=1")
	return cmd, nil
}

func command(ctx context.Context, executable string, args ...string) (*exec.Cmd, error) {
	bytecode, err := BytecodeDir()
	if err != nil {
		return nil, err
	}
	args = append([]string{"-I", "-X", "utf8", "-X", "pycache_prefix=" + bytecode}, args...)
	cmd := exec.CommandContext(ctx, executable, args...)
	// The interpreter itself takes no notice of variables (-I). The children that
	// Python programs start have no -I, and should do as it does.
	cmd.Env = append(CleanEnv(os.Environ()), "PYTHONPYCACHEPREFIX="+bytecode, "PYTHONNOUSERSITE=1")
	return cmd, nil
}

// BytecodeDir is the directory in the cache for interpreters that are started by
// this program, as PYTHONPYCACHEPREFIX takes it.
func BytecodeDir() (string, error) {
	root, err := cachedir.Root()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "bytecode"), nil
}

// CleanEnv returns env without what configures a Python interpreter: PYTHON*
// variables, and macOS's __PYVENV_LAUNCHER__, which redirects one to a virtual
// environment.
func CleanEnv(env []string) []string {
	clean := make([]string, 0, len(env))
	for _, entry := range env {
		if !strings.HasPrefix(entry, "PYTHON") && !strings.HasPrefix(entry, "__PYVENV_LAUNCHER__=") {
			clean = append(clean, entry)
		}
	}
	return clean
}
