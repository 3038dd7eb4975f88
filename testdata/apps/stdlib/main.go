// Stdlib uses the parts of Python's standard library that are hard to package:
// those with native libraries behind them, with data, and those that start
// processes.
package main

import (
	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/json"
	"github.com/goplus/lib/py/std"

	"example.com/stdlib/sqlite3"
)

func main() {
	object := json.Loads(py.Str(`{"name": "Größe", "values": [1, 2.5, null, true]}`))
	std.Print(py.Str("json"), json.Dumps(object))

	db := sqlite3.Connect(py.Str(":memory:"))
	execute := db.GetAttrString(c.Str("execute"))
	cursor := execute.CallOneArg(py.Str(`
		with recursive n(i) as (select 1 union all select i + 1 from n where i < 5)
		select count(*), sum(i * i), group_concat(i, '-') from n`))
	std.Print(py.Str("sqlite3"), cursor.CallMethod(c.Str("fetchall"), nil))

	py.RunSimpleString(c.Str(`
import ctypes
import hashlib
import ssl

@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
def compare(a, b):
    return a[0] - b[0]

numbers = (ctypes.c_int * 5)(5, 1, 4, 2, 3)
ctypes.CDLL(None).qsort(numbers, len(numbers), ctypes.sizeof(ctypes.c_int), compare)
print("ctypes", list(numbers))

context = ssl.create_default_context()
print("ssl", context.verify_mode.name, context.check_hostname, ssl.OPENSSL_VERSION_INFO >= (1, 1, 1))
print("hashlib", hashlib.sha256(b"abc").hexdigest()[:16], hashlib.new("blake2b", digest_size=4).hexdigest())
`))

	py.RunSimpleString(c.Str(`
import datetime
import io
import struct
import zoneinfo

# A zone without transitions and with the rules of Central Europe: the machine's
# own zones may be missing.
header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
zone = struct.pack(">lbb", 3600, 0, 0) + b"CET\0"
rules = b"\nCET-1CEST,M3.5.0,M10.5.0/3\n"
europe = zoneinfo.ZoneInfo.from_file(io.BytesIO(header + zone + header + zone + rules), key="Europe")
for month in 1, 7:
    print("zoneinfo", datetime.datetime(2024, month, 1, 12, tzinfo=europe).isoformat())
`))

	py.RunSimpleString(c.Str(`
import asyncio

async def double(queue, n):
    await asyncio.sleep(0)
    await queue.put(2 * n)

async def main():
    queue = asyncio.Queue()
    await asyncio.gather(*(double(queue, n) for n in range(4)))
    return sorted(queue.get_nowait() for _ in range(4))

print("asyncio", asyncio.run(main()))
`))

	// The functions of the pools are those of a module: processes that are not
	// forked have nothing of this program.
	py.RunSimpleString(c.Str(`
import concurrent.futures
import math
import multiprocessing
import operator
import subprocess
import sys

for method in "fork", "spawn", "forkserver":
    with multiprocessing.get_context(method).Pool(2) as pool:
        print(method, pool.map(math.factorial, range(6)))

with concurrent.futures.ProcessPoolExecutor(2) as executor:
    print("executor", list(executor.map(operator.neg, [1, 2, 3])))

child = subprocess.run(
    [sys.executable, "-c", "import sys; print(sys.argv[1:], sys.stdin.read())", "a", "ä"],
    input="from the parent", capture_output=True, text=True, check=True)
print("subprocess", child.stdout.strip())
`))
}
