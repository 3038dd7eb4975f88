// Mix imports what many programs import of the standard library, and uses a little of it.
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import argparse, asyncio, decimal, json, logging, ssl

logging.basicConfig(level=logging.ERROR)
arguments = argparse.ArgumentParser().parse_args([])
print(json.dumps({"third": str(decimal.Decimal(1) / 3), "arguments": vars(arguments)}))
print(asyncio.Queue.__name__, ssl.HAS_TLSv1_3)
`))
}
