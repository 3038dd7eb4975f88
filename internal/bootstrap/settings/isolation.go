package settings

import (
	_ "embed" // for end.py
	"slices"
)

// What follows is how every program starts its Python, whichever compiler made
// it: package bootstrap (stock Go) reads it as Go, package pyinit (llgo) turns it
// into a C header.

// The names of the tree that a packaged program finds beside itself.
const (
	PythonDir   = "python"        // Python's prefix, beside the executable
	LibSubdir   = "lib"           // below the prefix: libpython and Settings.LibDir
	DynloadDir  = "lib-dynload"   // below Settings.LibDir
	SiteDir     = "site-packages" // below Settings.LibDir
	Interpreter = "bin/python3"   // below the prefix; it may be missing
	// Landmark lies below Settings.LibDir: os.py, or os.pyc in a packaged program.
	// CPython itself knows its library by it.
	Landmark = "os.py"
	// FarmSites and a number, from 1, are folders of packages below the prefix.
	FarmSites = "site-packages/p"
)

// Run-time hooks of libraries and of the user's, and sys._MEIPASS for code that was
// written for PyInstaller, are a package in SiteDir, which only some programs have.
// Its .pth file, by which python/bin/python3 imports it in child processes, tells:
// that is a file however modules are stored. pyhelper makes both.
const (
	StartPackage = "_llgo_start"
	StartMark    = StartPackage + ".pth"
)

// OriginName is the attribute of sys that holds the file which the user started.
const OriginName = "_llgo_origin"

// What a start that fails says, after the name of the program, and what to do
// about a file that is missing.
const (
	CannotStart = "cannot start Python: "
	NoSuchFile  = "no such file; keep the folder " + PythonDir + " beside the program"
)

// Option is an integer option of PyInitConfig (PEP 741), or a variable of libpython.
type Option struct {
	Name  string
	Value int
}

// Initialisation is isolated: no environment variable, no user site, no pyvenv.cfg
// and no site.py has a say. UTF-8 mode is on, because the isolated default for
// stdout and file names is ASCII.
var (
	// options are set on top of PyInitConfig_Create's isolated defaults (3.14+).
	options = []Option{
		{"site_import", 0},
		{"utf8_mode", 1},
		{"install_signal_handlers", 1},
		{"write_bytecode", 0},
		{"parse_argv", 0},
	}
	// PrefixOptions are options of PyInitConfig that take the prefix.
	PrefixOptions = []string{"home", "prefix", "exec_prefix", "base_prefix", "base_exec_prefix"}
	// ExecutableOptions take Interpreter, there or not: with its executable inside
	// our tree, getpath looks for pyvenv.cfg only there.
	ExecutableOptions = []string{"program_name", "executable", "base_executable"}
	// legacyFlags are int variables of libpython, set to 1 (3.9 to 3.13). PyConfig
	// changes its layout with every version and needs headers; these do the same
	// job and exist, in the same form, in all of them. They also take the place of
	// a pre-initialisation: Py_InitializeEx reads Py_UTF8Mode itself and, unlike the
	// python command, does not coerce the C locale, which would set LC_CTYPE for
	// our children. Py_FrozenFlag does not freeze anything: it silences getpath's
	// warnings about the layout.
	legacyFlags = []string{
		"Py_IsolatedFlag", "Py_IgnoreEnvironmentFlag", "Py_NoUserSiteDirectory",
		"Py_NoSiteFlag", "Py_DontWriteBytecodeFlag", "Py_FrozenFlag", "Py_UTF8Mode",
	}
)

// Options are the integer options of a program (3.14+).
func (s Settings) Options() []Option {
	return append(slices.Clip(options), Option{"optimization_level", s.Optimize})
}

// LegacyFlags are the int variables of libpython that a program sets (3.9 to 3.13).
func (s Settings) LegacyFlags() (list []Option) {
	for _, name := range legacyFlags {
		list = append(list, Option{name, 1})
	}
	return append(list, Option{"Py_OptimizeFlag", s.Optimize})
}

// HeededVariables are those that CPython heeds in spite of an isolated configuration:
// its getpath.py looks for a pyvenv.cfg beside the file that they name. They are
// hidden from it while it starts.
var HeededVariables = []string{"PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__"}

// Exit statuses of CPython's that a program ends with on Python's behalf.
const (
	StatusUnhandled   = 1   // an exception nobody handled
	StatusUnflushed   = 120 // a flush that failed at exit
	StatusInterrupted = 130 // KeyboardInterrupt
)

// EndSource is the script of the soft end. In: wait. Out: status.
//
//go:embed end.py
var EndSource string
