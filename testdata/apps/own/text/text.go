// Package text binds some of Python's textwrap, and adds Go functions to it.
package text

import (
	_ "unsafe"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

const (
	module      = "textwrap"
	LLGoPackage = "py." + module
)

// Wrap returns the lines of a text.
//
//go:linkname Wrap py.wrap
func Wrap(text, width *py.Object) *py.Object

// Shorten cuts a text at a word, so that it has no more than width characters
// with the mark that stands for the rest. Python takes both by keyword only.
func Shorten(text string, width int, mark string) string {
	kwargs := py.NewDict()
	kwargs.DictSetItem(py.Str("width"), py.Long(c.Long(width)))
	kwargs.DictSetItem(py.Str("placeholder"), py.FromGoString(mark))
	shorten := py.ImportModule(c.Str(module)).GetAttrString(c.Str("shorten"))
	short := shorten.Call(py.Tuple(py.FromGoString(text)), kwargs)
	return c.GoString(short.CStr())
}
