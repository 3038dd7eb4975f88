package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str("import sys\nprint('hello from Python', sys.version_info[0])"))
}
