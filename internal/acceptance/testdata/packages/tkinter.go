// Tkinter: Tcl and Tk with their scripts; without a display there is no window.
//
// Requires:
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import os
import sys
import tkinter
tcl = tkinter.Tcl()
print("tcl", tcl.eval("expr 6 * 7"), tcl.eval("encoding names").count("utf-8") > 0)
library = os.path.realpath(tcl.eval("info library"))
print("scripts", library.startswith(os.path.realpath(sys.prefix)) or library, os.path.isfile(os.path.join(library, "init.tcl")))
print("encodings", tcl.eval("encoding convertfrom cp1252 \\x80"))
try:
    tkinter.Tk()
except tkinter.TclError as err:
    print("tk", "display" in str(err) or err)
`))
}

// Output:
// tcl 42 True
// scripts True True
// encodings €
// tk True
