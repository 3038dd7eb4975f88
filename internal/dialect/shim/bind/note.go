package bind

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap"
)

// annotate adds to a pending ModuleNotFoundError or AttributeError which Go
// function stands for the missing thing, and where it is called.
func (a *Attr) annotate() {
	note := fmt.Sprintf("needed by %s in Go", a.Func)
	if f := callerOfBinding(); f.File != "" {
		note += fmt.Sprintf(", called at %s:%d", filepath.Base(f.File), f.Line)
	}
	bootstrap.Annotate(note)
}

// callerOfBinding is the frame that called the binding function: the second one
// outside this package and what it calls. It is empty for a variable, which the
// runtime initialises.
func callerOfBinding() runtime.Frame {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
	outside := 0
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, ownPrefix) {
			outside++
		}
		switch {
		case strings.HasPrefix(f.Function, "runtime.") || !more && outside < 2:
			return runtime.Frame{}
		case outside == 2:
			return f
		}
	}
}

// ownPrefix is how the names of this package's functions begin, wherever the
// package lies.
var ownPrefix = func() string {
	pc, _, _, _ := runtime.Caller(0)
	full := runtime.FuncForPC(pc).Name()
	return full[:strings.LastIndexByte(full, '/')] + "/bind."
}()
