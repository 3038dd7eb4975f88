// Hello greets from Python, in both ways a Go program can ask it to: through a
// function of a module, and as source.
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/std"
)

func main() {
	std.Print(py.Str("Hello, World!"))
	py.RunSimpleString(c.Str(`print("Grüße aus Python ✓")`))
}
