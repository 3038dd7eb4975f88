// Threads has threads of Go's and of Python's, one of which outlives main, and
// starts Python through the C API alone.
package main

import (
	"fmt"
	"sync"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	var wg sync.WaitGroup
	sums := make([]int, 4)
	for i := range sums {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			for n := 0; n < 1000; n++ {
				sums[i] += n * i
			}
		}(i)
	}
	py.RunSimpleString(c.Str(`
import threading, time
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    print("python", sum(pool.map(lambda n: sum(range(n)), range(100))))
threading.Thread(target=lambda: (time.sleep(0.3), print("late"))).start()
`))
	wg.Wait()
	fmt.Println("go", sums)
}
