package bundle

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
)

// Write writes the tree and puts it at opts.Dir, in place of an older one of the
// same program. See the package comment for what holds at every moment. After an
// error, also of a done context, the old tree is as it was.
func (p *Plan) Write(ctx context.Context, opts Options) (*Result, error) {
	opts.Dir = filepath.Clean(opts.Dir) // "" is the working directory
	t := &target{dir: opts.Dir, name: p.manifest.Program, hooks: opts.hooks}
	work, err := t.begin()
	if err != nil {
		return nil, err
	}
	defer work.close()
	w := &writer{plan: p, dir: work.new(), opts: &opts}
	m, sum, err := w.write(ctx)
	if err != nil {
		return nil, fmt.Errorf("writing the package: %w", err)
	}
	if err := accept(ctx, work, m, &opts); err != nil {
		return nil, err
	}
	if err := work.install(); err != nil {
		return nil, err
	}
	return w.result(opts.Dir, m, sum, work.recovered), nil
}

// WriteInto writes the tree into opts.Dir, an empty directory that nobody else
// looks at: nothing is replaced, and nothing is brought to the disk. What a
// program of one file carries is written so and then packed.
func (p *Plan) WriteInto(ctx context.Context, opts Options) (*Result, error) {
	w := &writer{plan: p, dir: opts.Dir, opts: &opts}
	m, sum, err := w.write(ctx)
	if err == nil && opts.Inspect != nil {
		err = opts.Inspect(opts.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return w.result(opts.Dir, m, sum, false), nil
}

func (w *writer) result(dir string, m *Manifest, sum string, recovered bool) *Result {
	return &Result{
		Dir: dir, Program: filepath.Join(dir, m.Program), Files: len(m.Files) + 1, Size: total(m) + w.manifestSize,
		Manifest: m, ManifestSHA256: sum, Recovered: recovered,
	}
}

// accept looks at the finished tree, the caller too, and brings it to the disk.
func accept(ctx context.Context, work *workDir, m *Manifest, opts *Options) error {
	problems, err := compare(ctx, work.new(), m, false)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("what was written is not what was meant: %v", problems[0])
	}
	if err == nil {
		err = durable.Tree(work.path)
	}
	if err != nil {
		return fmt.Errorf("checking the package: %w", err)
	}
	if opts.Inspect == nil {
		return nil
	}
	return opts.Inspect(work.new())
}
