package bootstrap

import (
	"os"
	"path/filepath"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

var symStartImport = Sym{Name: "PyImport_ImportModule"}

// runHooks imports settings.StartPackage, if the program has it. That comes after
// everything else of a start, so that hooks find what the program will; an exception
// in one ends the program with its traceback, as it ends one of PyInstaller's.
func runHooks(l *layout) {
	if _, err := os.Lstat(filepath.Join(l.stdlib, settings.SiteDir, settings.StartMark)); err != nil {
		return
	}
	symStartImport.Call(uintptr(unsafe.Pointer(cstring(settings.StartPackage))))
	if e := takeException(); e != nil {
		end(e.reportUnhandled())
	}
}
