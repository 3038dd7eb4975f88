// Package parallel does the same to many things at a time.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls work for 0 to n-1, as many at a time as there are processors and a few
// more for those that wait for the disk: of tens of thousands of small files a goroutine
// for each took as long as its work. After an error, or when the
// context is done, no more calls begin; the error of the lowest index is
// returned, so that the message does not depend on the scheduler alone.
func Each(ctx context.Context, n int, work func(i int) error) error {
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		next    atomic.Int64
		failed  error
		failedI = n
	)
	fail := func(i int, err error) {
		mu.Lock()
		defer mu.Unlock()
		if i < failedI {
			failed, failedI = err, i
		}
		next.Store(int64(n))
	}
	for range min(n, runtime.GOMAXPROCS(0)+2) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				err := ctx.Err()
				if err == nil {
					err = work(i)
				}
				if err != nil {
					fail(i, err)
				}
			}
		})
	}
	wg.Wait()
	return failed
}
