// Jsonschema reads its data by importlib.resources, from a distribution of data alone.
//
// Requires: jsonschema
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import jsonschema
print("jsonschema", [e.message for e in jsonschema.Draft202012Validator({"type": "object", "required": ["a"]}).iter_errors({})])
jsonschema.Draft7Validator.check_schema({"type": "string"})
`))
}

// Output:
// jsonschema ["'a' is a required property"]
