package assemble

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/frames"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// ahead is work that is begun before anybody knows whether it is needed; nil is none.
type ahead struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when err is set
	err    error
}

func begin(ctx context.Context, work func(context.Context) error) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.err = work(ctx)
	}()
	return a
}

// wait waits for the work's end, or that of ctx.
func (a *ahead) wait(ctx context.Context) error {
	if a == nil {
		return nil
	}
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop ends the work, which nobody waits for any more.
func (a *ahead) stop() {
	if a != nil {
		a.cancel()
		<-a.done
	}
}

// beginAhead does what can be done about the libpython of a managed interpreter as soon as
// that is known: it is read, if unused parts of it are to go, else compressed. It is a
// third of what there is to compress, and the first second of a build, while requirements
// are resolved and keys made, leaves a processor idle.
func (b *builder) beginAhead(ctx context.Context, base *pydist.Dist, h *helper.Helper) *ahead {
	switch {
	case b.cuts(base):
		return begin(ctx, func(ctx context.Context) error {
			_, _, err := h.SurveyOnce(ctx, base)
			return err
		})
	case base.Managed && !b.comp.Linked() && b.compresses():
		return begin(ctx, func(ctx context.Context) error { return b.libPythonAhead(ctx, base, h) })
	}
	return nil
}

// libPythonAhead compresses libpython as it travels. The managed one needs no library of
// the bundle, so it is linked by itself as it is with all others; were it not, it would be
// compressed in vain.
func (b *builder) libPythonAhead(ctx context.Context, dist *pydist.Dist, h *helper.Helper) error {
	store, key, err := b.aheadKey(dist)
	if err != nil {
		return err
	}
	if sum, ok := store.Bytes(key); ok {
		if there, err := frames.Kept(*b.encoder(h), string(sum)); err != nil || there {
			return err
		}
	}
	work, err := os.MkdirTemp("", "llgo-py-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	linked := filepath.Join(work, "linked")
	if err := os.Mkdir(linked, 0o755); err != nil {
		return err
	}
	alone, err := h.LinkOnce(ctx, b.linkRequest(dist, nil, nil, linked))
	if err != nil {
		return err
	}
	file := alone.Files[0]
	if err := b.compressAhead(ctx, h, []string{file.Source}, nil, filepath.Join(work, "compressed")); err != nil || file.SHA256 == "" {
		return err
	}
	return store.KeepBytes(key, []byte(file.SHA256))
}

// aheadKey is where the sum of the libpython that is compressed ahead is kept: while its
// frame is, nothing needs to be read. The identity of a managed interpreter covers its
// library.
func (b *builder) aheadKey(dist *pydist.Dist) (*kept.Store, kept.Key, error) {
	store, err := kept.Open()
	if err != nil {
		return nil, kept.Key{}, err
	}
	self, err := b.tool()
	if err != nil {
		return nil, kept.Key{}, err
	}
	request, err := json.Marshal(b.linkRequest(dist, nil, nil, ""))
	return store, kept.NewKey("libpython ahead", request, []byte(dist.Interpreter), self), err
}
