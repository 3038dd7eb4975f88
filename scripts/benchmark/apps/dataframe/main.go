// Dataframe makes a table with pandas and groups it.
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import pandas as pd

table = pd.DataFrame({"kind": ["a", "b", "a"], "weight": [1.0, 2.0, 4.5]})
print(table.groupby("kind")["weight"].sum())
`))
}
