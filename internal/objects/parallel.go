package objects

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Parallel calls work for 0 to n-1, as many at a time as there are processors.
// After an error no more calls begin; one error is returned.
func Parallel(n int, work func(i int) error) error {
	var (
		wg     sync.WaitGroup
		once   sync.Once
		next   int64 = -1
		failed error
	)
	worker := func() {
		defer wg.Done()
		for {
			i := int(atomic.AddInt64(&next, 1))
			if i >= n {
				return
			}
			if err := work(i); err != nil {
				once.Do(func() { failed = err })
				atomic.StoreInt64(&next, int64(n))
			}
		}
	}
	workers := runtime.GOMAXPROCS(0)
	if workers > n {
		workers = n
	}
	wg.Add(workers)
	for w := 0; w < workers; w++ {
		go worker()
	}
	wg.Wait()
	return failed
}
