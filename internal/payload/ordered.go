//go:build !llgopy

package payload

import (
	"context"
	"runtime"
	"sync"
)

// A result is a packed entry, or why there is none.
type result struct {
	*packed
	err error
}

// A line packs entries with all processors and hands them out in order.
//
// Work is begun in order too, and no more than a few entries for each processor are
// begun and not yet used, which bounds memory. So the entry that everything waits for is
// always being worked on, and nobody waits for ever.
type line struct {
	slots []chan result // each takes one result without waiting
	jobs  chan int
	room  chan struct{} // a token for each entry begun and not used
}

// waiting is how many entries may be begun for each processor: one in work, and others
// that are done early and wait for a large one.
const waiting = 4

// inOrder calls use for 0 to n-1, one after the other, with what a worker made of it.
// There is a worker for each processor, made by newWorker; its context ends with the
// first error, which is returned. Results that are not used any more are closed.
func inOrder(ctx context.Context, n int, newWorker func(context.Context) (worker, error), use func(i int, p *packed) error) error {
	ctx, cancel := context.WithCancel(ctx)
	workers := make([]worker, min(runtime.GOMAXPROCS(0), n))
	l := &line{slots: make([]chan result, n), jobs: make(chan int), room: make(chan struct{}, waiting*len(workers))}
	for i := range l.slots {
		l.slots[i] = make(chan result, 1)
	}
	var group sync.WaitGroup
	defer l.drop()
	defer group.Wait()
	defer cancel()
	for i := range workers {
		var err error
		if workers[i], err = newWorker(ctx); err != nil {
			return err
		}
	}
	for _, work := range workers {
		group.Go(func() { l.work(work) })
	}
	group.Go(func() { l.feed(ctx) })
	return l.use(ctx, use)
}

type worker func(i int) (*packed, error)

// feed gives out the jobs, as there is room.
func (l *line) feed(ctx context.Context) {
	defer close(l.jobs)
	for i := range l.slots {
		select {
		case l.room <- struct{}{}:
		case <-ctx.Done():
			return
		}
		l.jobs <- i
	}
}

func (l *line) work(work worker) {
	for i := range l.jobs {
		p, err := work(i)
		l.slots[i] <- result{p, err}
	}
}

// use uses the results in order, up to the first error.
func (l *line) use(ctx context.Context, use func(i int, p *packed) error) error {
	for i, slot := range l.slots {
		select {
		case r := <-slot:
			if r.err != nil {
				return r.err
			}
			if err := use(i, r.packed); err != nil {
				return err
			}
			<-l.room
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// drop closes what was made and not used, when the workers are gone.
func (l *line) drop() {
	for _, slot := range l.slots {
		select {
		case r := <-slot:
			if r.err == nil {
				r.spool.close()
			}
		default:
		}
	}
}
