// Own calls Python through binding packages of its own module.
package main

import (
	"fmt"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/std"

	"example.com/own/charset"
	"example.com/own/fractions"
	"example.com/own/ospath"
	"example.com/own/text"
)

const poem = "Über allen Gipfeln ist Ruh, in allen Wipfeln spürest du kaum einen Hauch"

func main() {
	fmt.Println("variable:", goString(charset.Digits), goString(charset.HexDigits))

	half := fractions.New(py.Long(3), py.Long(6))
	sum := half.CallMethod(c.Str("__add__"), c.Str("O"), fractions.New(py.Long(1), py.Long(3)))
	fmt.Println("class:", goString(half), goString(sum), sum.GetAttrString(c.Str("denominator")).Long())

	path := ospath.Join(py.Str("/usr"), py.Str("lib"), py.Str("python"))
	fmt.Println("any number of arguments:", goString(path), goString(ospath.Basename(path)), goString(ospath.Join(py.Str("alone"))))

	lines := text.Wrap(py.Str(poem), py.Long(30))
	for i := 0; i < lines.ListLen(); i++ {
		fmt.Printf("line %d: %s\n", i, goString(lines.ListItem(i)))
	}
	fmt.Println("keyword arguments:", text.Shorten(poem, 32, " …"))

	list := py.List(3, "three", 2.5, std.Abs(py.Long(-7)))
	fmt.Println("list:", goString(std.Repr(list)), "length", list.ListLen())
}

// goString returns str(o).
func goString(o *py.Object) string {
	s := o.Str()
	defer s.DecRef()
	return c.GoString(s.CStr())
}
