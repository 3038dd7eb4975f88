// Pandas: Cython, dates with time zones, and formats found by name.
//
// Requires: pandas
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/std"
)

func main() {
	table := py.NewDict()
	table.DictSetItem(py.Str("fruit"), py.List("fig", "plum", "fig"))
	table.DictSetItem(py.Str("count"), py.List(2, 3, 4))
	frame := py.ImportModule(c.Str("pandas")).CallMethod(c.Str("DataFrame"), c.Str("O"), table)
	std.Print(frame.CallMethod(c.Str("groupby"), c.Str("s"), c.Str("fruit")).CallMethod(c.Str("sum"), nil).CallMethod(c.Str("to_dict"), nil))
	py.RunSimpleString(c.Str(`
import io
import pandas as pd
read = pd.read_csv(io.StringIO("day,value\n2024-01-01,1\n2024-07-01,2\n"), parse_dates=["day"])
print(read.set_index("day")["value"].tz_localize("UTC").tz_convert("UTC").index[1].isoformat())
print(read["value"].rolling(2).mean().tolist()[1:], pd.__version__.split(".")[0])
print(read.to_json(orient="values", date_format="iso"))
`))
}

// Output:
// {'count': {'fig': 6, 'plum': 3}}
// 2024-07-01T00:00:00+00:00
// [1.5] 3
// [["2024-01-01T00:00:00.000",1],["2024-07-01T00:00:00.000",2]]
