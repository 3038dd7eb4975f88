package bootstrap

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
)

// An exception from C has no Go in its traceback, so the place of the failing call
// is kept with it and shown when nobody handles the exception.

// siteDepth is how many frames are looked at: those of this run time and of a
// binding package come before the program's own.
const siteDepth = 12

// runtimePackages are those whose frames say nothing to people.
var runtimePackages sync.Map // import path → true

// HidePackage takes the package of type t out of the places shown.
func HidePackage(t reflect.Type) { runtimePackages.Store(t.PkgPath(), true) }

func init() { HidePackage(reflect.TypeOf(Sym{})) }

// here is the stack of the calling goroutine.
func here() []uintptr {
	pc := make([]uintptr, siteDepth)
	return pc[:runtime.Callers(3, pc)]
}

// describeSite names the program's own frame that is nearest to the call, as
// "main.go:12 (main.run)"; empty if there is none.
func describeSite(stack []uintptr) string {
	frames := runtime.CallersFrames(stack)
	for {
		f, more := frames.Next()
		pkg, _ := SplitFunction(f.Function)
		_, hidden := runtimePackages.Load(pkg)
		switch {
		case f.Function == "" || pkg == "runtime":
			return ""
		case !hidden && !isBinding(pkg):
			return fmt.Sprintf("%s:%d (%s)", filepath.Base(f.File), f.Line, f.Function)
		case !more:
			return ""
		}
	}
}

func isBinding(pkg string) bool {
	bindings.RLock()
	defer bindings.RUnlock()
	return pkg != "main" && bindings.byPackage[pkg] != nil
}
