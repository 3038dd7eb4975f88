package bootstrap

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"
)

// Initialisation is isolated: no environment variable, no user site, no pyvenv.cfg
// and no site.py has a say. UTF-8 mode is on, because the isolated default for
// stdout and file names is ASCII.

var symInitConfig = Sym{Name: "PyInitConfig_Create"} // 3.14+, PEP 741

// initialize starts the interpreter that open has loaded.
func initialize(l *layout, minor string) error {
	version, _, _ := strings.Cut(gostring(raw("Py_GetVersion")), " ")
	if !strings.HasPrefix(version, minor+".") {
		return fmt.Errorf("%s is Python %s, not %s; build the program again", l.libPython, version, minor)
	}
	if symInitConfig.Available() {
		return initialize314(l)
	}
	return initializeLegacy(l)
}

// initialize314 uses PyInitConfig, whose options are strings: nothing here depends
// on the layout of a C structure.
func initialize314(l *layout) error {
	c := initConfig{raw("PyInitConfig_Create"), false}
	if c.ptr == 0 {
		return errors.New("out of memory")
	}
	for _, name := range []string{"home", "prefix", "exec_prefix", "base_prefix", "base_exec_prefix"} {
		c.setString(name, l.prefix)
	}
	// With its executable inside our tree, getpath looks for pyvenv.cfg only there.
	for _, name := range []string{"program_name", "executable", "base_executable"} {
		c.setString(name, l.interp)
	}
	c.setString("stdlib_dir", l.stdlib)
	c.setStrings("module_search_paths", l.path)
	c.setInt("site_import", 0)
	c.setInt("utf8_mode", 1)
	c.setInt("install_signal_handlers", 1)
	c.setInt("write_bytecode", 0)
	c.setInt("parse_argv", 0)
	if c.failed || int32(raw("Py_InitializeFromInitConfig", c.ptr)) < 0 {
		return c.err()
	}
	raw("PyInitConfig_Free", c.ptr)
	return nil
}

type initConfig struct {
	ptr    uintptr
	failed bool
}

func (c *initConfig) note(r uintptr) { c.failed = c.failed || int32(r) < 0 }

func (c *initConfig) setInt(name string, value int64) {
	c.note(raw("PyInitConfig_SetInt", c.ptr, uintptr(unsafe.Pointer(cstring(name))), uintptr(value)))
}

func (c *initConfig) setString(name, value string) {
	c.note(raw("PyInitConfig_SetStr", c.ptr, uintptr(unsafe.Pointer(cstring(name))), uintptr(unsafe.Pointer(cstring(value)))))
}

func (c *initConfig) setStrings(name string, values []string) {
	list := make([]*byte, len(values))
	for i, v := range values {
		list[i] = cstring(v)
	}
	c.note(raw("PyInitConfig_SetStrList", c.ptr, uintptr(unsafe.Pointer(cstring(name))),
		uintptr(len(list)), uintptr(unsafe.Pointer(&list[0]))))
}

func (c *initConfig) err() error {
	var message uintptr
	raw("PyInitConfig_GetError", c.ptr, uintptr(unsafe.Pointer(&message)))
	return errors.New(gostring(message))
}

// initializeLegacy is for 3.9 to 3.13. PyConfig changes its layout with every
// version and needs headers; the older global flags do the same job and exist, in
// the same form, in all of them. They also take the place of a pre-initialisation:
// Py_InitializeEx reads Py_UTF8Mode itself and, unlike the python command, does
// not coerce the C locale, which would set LC_CTYPE for our children.
func initializeLegacy(l *layout) error {
	for _, flag := range []string{"Py_IsolatedFlag", "Py_IgnoreEnvironmentFlag", "Py_NoUserSiteDirectory",
		"Py_NoSiteFlag", "Py_DontWriteBytecodeFlag", "Py_FrozenFlag", "Py_UTF8Mode"} {
		setFlag(flag)
	}
	legacyNames.home, legacyNames.program = wideString(l.prefix), wideString(l.interp)
	raw("Py_SetPythonHome", uintptr(unsafe.Pointer(&legacyNames.home[0])))
	raw("Py_SetProgramName", uintptr(unsafe.Pointer(&legacyNames.program[0])))
	raw("Py_InitializeEx", 1)
	return nil
}

// legacyNames keeps the two strings for good: before 3.11 CPython keeps pointers.
var legacyNames struct{ home, program []int32 }

// setFlag sets one of CPython's int variables to 1. Py_FrozenFlag does not freeze
// anything: it silences getpath's warnings about the layout.
func setFlag(name string) {
	s := Sym{Name: name}
	*(*int32)(Pointer(s.Addr())) = 1
}
