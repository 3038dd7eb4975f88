package parallel

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
)

func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 10_000} {
		done := make([]atomic.Int32, n)
		if err := Each(t.Context(), n, func(i int) error { done[i].Add(1); return nil }); err != nil {
			t.Fatal(err)
		}
		for i := range done {
			if got := done[i].Load(); got != 1 {
				t.Fatalf("%d of %d: done %d times", i, n, got)
			}
		}
	}
}

// After an error nothing more begins, and of several the first thing's is told.
func TestError(t *testing.T) {
	var calls atomic.Int32
	err := Each(t.Context(), 10_000, func(i int) error {
		calls.Add(1)
		return fmt.Errorf("%d", i)
	})
	if err == nil || err.Error() != "0" || calls.Load() > 1000 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}

func TestDone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int32
	err := Each(ctx, 10_000, func(int) error { calls.Add(1); cancel(); return nil })
	if !errors.Is(err, context.Canceled) || calls.Load() > 1000 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}
