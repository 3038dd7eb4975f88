// Lxml: a Cython extension with libxml2 in it.
//
// Requires: lxml
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
from lxml import etree, html, objectify
root = etree.fromstring("<a><b n='1'/><b n='2'>ü</b></a>")
print(root.xpath("//b[@n='2']/text()"), etree.tostring(root[0]))
sheet = etree.XSLT(etree.XML('<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/"><o><x:value-of select="count(//b)"/></o></x:template></x:stylesheet>'))
print(sheet(root).getroot().text, html.fromstring("<p>one<p>two").xpath("count(//p)"))
print(objectify.fromstring("<r><v>3</v></r>").v + 1)
from lxml.isoschematron import Schematron
print(Schematron.__name__)
`))
}

// Output:
// ['ü'] b'<b n="1"/>'
// 2 2.0
// 4
// Schematron
