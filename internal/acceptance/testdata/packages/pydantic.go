// Pydantic: a Rust extension, and attributes that its package makes when they are asked for.
//
// Requires: pydantic
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
from pydantic import BaseModel, ValidationError, Field

class Person(BaseModel):
    name: str
    age: int = Field(gt=0)

print("pydantic", Person.model_validate_json('{"name": "Ä", "age": "7"}'))
try:
    Person(name="x", age=-1)
except ValidationError as err:
    print("pydantic", err.errors()[0]["type"])
`))
}

// Output:
// pydantic name='Ä' age=7
// pydantic greater_than
