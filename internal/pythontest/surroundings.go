package pythontest

import "strings"

// SysChecks is Python that every program must pass, wherever and however it is started:
// what it sees of itself. home is the folder of the program.
func SysChecks(home, libDir string) string {
	return "HOME, LIBDIR = " + Quote(home) + ", " + Quote(libDir) + `
import sys, os, threading, __main__
home = os.path.join(HOME, "python")
lib = os.path.join(home, "lib", LIBDIR)
assert sys.path == [lib, os.path.join(lib, "lib-dynload"), os.path.join(lib, "site-packages")], sys.path
assert sys.prefix == sys.exec_prefix == sys.base_prefix == sys.base_exec_prefix == home, sys.prefix
assert sys.executable == sys._base_executable == os.path.join(home, "bin", "python3"), sys.executable
assert sys.flags.utf8_mode == 1 and sys.flags.isolated and sys.flags.no_site, sys.flags
assert sys.flags.dont_write_bytecode and sys.dont_write_bytecode
assert sys.stdout.encoding == sys.getfilesystemencoding() == "utf-8"
assert sys.stdout.line_buffering and sys.stderr.line_buffering
assert threading.current_thread() is threading.main_thread()
assert "site" not in sys.modules and __name__ == "__main__" and __main__ is sys.modules["__main__"]
`
}

// Quote writes a string without backslashes as Python does.
func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }
