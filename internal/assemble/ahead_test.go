package assemble

import (
	"context"
	"errors"
	"testing"
)

func TestAhead(t *testing.T) {
	failed := errors.New("failed")
	a := begin(t.Context(), func(context.Context) error { return failed })
	for range 2 {
		if err := a.wait(t.Context()); !errors.Is(err, failed) {
			t.Errorf("wait = %v, want what the work returned", err)
		}
	}
	a.stop()
	var none *ahead
	if err := none.wait(t.Context()); err != nil {
		t.Errorf("wait for nothing = %v", err)
	}
	none.stop()
}

// TestAheadEnds: neither who waits nor who stops it is kept longer than need be.
func TestAheadEnds(t *testing.T) {
	ended := false
	a := begin(t.Context(), func(ctx context.Context) error {
		<-ctx.Done()
		ended = true
		return ctx.Err()
	})
	other, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.wait(other); !errors.Is(err, context.Canceled) {
		t.Errorf("wait = %v after its context's end", err)
	}
	a.stop()
	if !ended {
		t.Error("stop returned before the work did")
	}
}
