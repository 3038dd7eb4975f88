package main

import (
	"os"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

// The modules have names that no analysis can read; one of them imports another,
// and a child process a third.
func main() {
	if len(os.Args) > 1 && os.Args[1] == "nothing" {
		py.RunSimpleString(c.Str("print('nothing')"))
		return
	}
	py.RunSimpleString(c.Str(`
import importlib
import subprocess
import sys
plugin = importlib.import_module("".join(["js", "on", ".", "tool"]))
print(plugin.__name__, callable(plugin.main))
print(importlib.import_module("color" + "sys").rgb_to_hls(0, 0, 0))
code = "import importlib; print(importlib.import_module('wa' + 've').__name__)"
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip())
`))
}
