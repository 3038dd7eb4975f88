package bootstrap

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// How Python is initialised is defined in package settings, for both compilers.

var symInitConfig = Sym{Name: "PyInitConfig_Create"} // 3.14+, PEP 741

// initialize starts the interpreter that open has loaded.
func initialize(l *layout, minor string) error {
	version, _, _ := strings.Cut(gostring(raw("Py_GetVersion")), " ")
	if !strings.HasPrefix(version, minor+".") {
		return fmt.Errorf("%s is Python %s, not %s; build the program again", l.libPython, version, minor)
	}
	defer hideVariables()()
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
	for _, name := range settings.PrefixOptions {
		c.setString(name, l.prefix)
	}
	for _, name := range settings.ExecutableOptions {
		c.setString(name, l.interp)
	}
	c.setString("stdlib_dir", l.stdlib)
	c.setStrings("module_search_paths", l.path)
	for _, o := range l.settings.Options() {
		c.setInt(o.Name, int64(o.Value))
	}
	populateArenas()
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

// initializeLegacy is for 3.9 to 3.13; see settings.Settings.LegacyFlags.
func initializeLegacy(l *layout) error {
	for _, flag := range l.settings.LegacyFlags() {
		setFlag(flag)
	}
	legacyNames.home, legacyNames.program = wideString(l.prefix), wideString(l.interp)
	raw("Py_SetPythonHome", uintptr(unsafe.Pointer(&legacyNames.home[0])))
	raw("Py_SetProgramName", uintptr(unsafe.Pointer(&legacyNames.program[0])))
	populateArenas()
	raw("Py_InitializeEx", 1)
	return nil
}

// legacyNames keeps the two strings for good: before 3.11 CPython keeps pointers.
var legacyNames struct{ home, program []int32 }

// setFlag sets one of CPython's int variables.
func setFlag(flag settings.Option) {
	s := Sym{Name: flag.Name}
	*(*int32)(Pointer(s.Addr())) = int32(flag.Value)
}
