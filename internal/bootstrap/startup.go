package bootstrap

import (
	"os"
	"path/filepath"
	"unsafe"
)

// Run-time hooks of libraries and of the user's, and sys._MEIPASS for code that was
// written for PyInstaller, are the package _llgo_start in site-packages. Only some
// programs have it. The .pth file, by which python/bin/python3 runs it in child
// processes, tells: it is a file however modules are stored.
const (
	startPackage = "_llgo_start"
	startMark    = startPackage + ".pth"
)

var symStartImport = Sym{Name: "PyImport_ImportModule"}

// runHooks runs it. It comes after everything else of a start, so that hooks find
// what the program will; an exception in one ends the program with its traceback,
// as it ends a program of PyInstaller's.
func runHooks(l *layout) {
	if _, err := os.Lstat(filepath.Join(l.stdlib, "site-packages", startMark)); err != nil {
		return
	}
	symStartImport.Call(uintptr(unsafe.Pointer(cstring(startPackage))))
	if e := takeException(); e != nil {
		end(e.reportUnhandled())
	}
}
