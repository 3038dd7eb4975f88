package assemble

import (
	"context"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/launcher"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// finished is an executable that is linked with libpython and needs it beside
// itself, in python/lib. Its own search path is made to lead there.
type finished struct {
	// make puts the executable at path, beside the analysis of the Python side.
	make func(ctx context.Context, path string) error
	// origin says that it knows LLGO_PY_ORIGIN: see package launcher.
	origin bool

	// starter is the library that starts Python for it, nil if it does so itself. make
	// sets it.
	starter *helper.LinkFile

	path string        // where it is
	done chan struct{} // closed when it is there
}

// compiled is the program, by a compiler that links it with libpython.
func (b *builder) compiled(dist *pydist.Dist) *finished {
	return &finished{
		make:   func(ctx context.Context, path string) error { return b.compile(ctx, dist, path, "") },
		origin: true,
	}
}

// packageFinished makes a directory, or one file, of an executable and the modules
// that it needs.
func (b *builder) packageFinished(ctx context.Context, dist *pydist.Dist, h *helper.Helper, p *finished) (*Summary, []string, error) {
	work, err := os.MkdirTemp("", "llgo-py-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(work)

	p.path, p.done = filepath.Join(work, "exe"), make(chan struct{})
	var files *files
	both, ctx2 := errgroup.WithContext(ctx)
	both.Go(func() error {
		if err := p.make(ctx2, p.path); err != nil {
			return err
		}
		close(p.done)
		return nil
	})
	both.Go(func() (err error) { files, err = b.collect(ctx2, dist, h, p, work); return err })
	if err := both.Wait(); err != nil {
		return nil, nil, err
	}
	if b.set.Onefile.Value {
		return b.finishedOnefile(ctx, dist, h, p, files, work)
	}
	tree, err := b.writeTree(ctx, dist, files.program, files, filepath.Dir(b.out))
	if err != nil {
		return nil, nil, err
	}
	s := b.summary(dist, files, tree)
	return s, files.machineSources(), b.report(ctx, dist, s, files, tree)
}

// finishedOnefile packs the directory, which the launcher unpacks and becomes.
func (b *builder) finishedOnefile(ctx context.Context, dist *pydist.Dist, h *helper.Helper, p *finished, files *files, work string) (*Summary, []string, error) {
	dir := filepath.Join(work, "tree")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, nil, err
	}
	tree, err := b.writeTree(ctx, dist, files.program, files, dir)
	if err != nil {
		return nil, nil, err
	}
	if err := b.launch(ctx, h, p, tree); err != nil {
		return nil, nil, err
	}
	return b.oneFileDone(ctx, dist, files, tree)
}

func (b *builder) launch(ctx context.Context, h *helper.Helper, p *finished, tree *bundle.Result) error {
	task := b.Reporter.Phase("compress the payload", 0)
	defer task.Done()
	return launcher.Build(ctx, launcher.Options{
		Program: tree.Program, Python: filepath.Join(tree.Dir, "python"), Name: filepath.Base(tree.Program),
		Output: b.out, Origin: p.origin, Encoder: b.encoder(h), Stderr: b.Stderr, Env: b.Env,
	})
}

// wait waits for the executable; a program that loads libpython has none to wait for.
func (p *finished) wait(ctx context.Context) error {
	if p == nil {
		return nil
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
