// Goroutines calls Python from many goroutines at the same time.
package main

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
	"github.com/goplus/lib/py/math"
	"github.com/goplus/lib/py/statistics"
)

const (
	workers = 16
	rounds  = 200
)

func main() {
	var wg sync.WaitGroup
	sums := make([]int64, workers)
	means := make([]float64, workers)
	for i := 0; i < workers; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			sums[i] = sum(i)
			means[i] = mean(i)
		}(i)
	}
	failed := make(chan int)
	go func() { failed <- failures() }()
	n := <-failed
	wg.Wait()
	for i := range sums {
		fmt.Println(i, sums[i], means[i])
	}
	fmt.Println("failures:", n)
}

// sum adds up square roots of squares.
func sum(i int) (total int64) {
	for n := 0; n < rounds; n++ {
		square := py.Float(float64((n + i) * (n + i)))
		root := math.Sqrt(square)
		total += int64(root.Float64())
		root.DecRef()
		square.DecRef()
		if n%50 == 0 {
			runtime.Gosched()
		}
	}
	return total
}

// mean lets Python itself work on a list, long enough for others to want to.
func mean(i int) float64 {
	list := py.NewList(0)
	for n := 0; n < rounds; n++ {
		x := py.Long(c.Long(n * i))
		list.ListAppend(x)
		x.DecRef()
	}
	m := statistics.Mean(list)
	return m.Float64()
}

// failures counts exceptions, while others work without any. The error is that of
// a thread, so the goroutine has to stay on its own.
func failures() (count int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for n := 1; n <= rounds; n++ {
		if math.Sqrt(py.Float(float64(-n))) == nil {
			count++
			py.ErrClear()
		}
	}
	return count
}
