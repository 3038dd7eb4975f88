package assemble

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/frames"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/onefile"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// onefile builds the program with the tree of its Python inside.
func (b *builder) onefile(ctx context.Context, dist *pydist.Dist, h *helper.Helper) (*Summary, []string, error) {
	if b.comp.Linked() {
		return b.packageFinished(ctx, dist, h, b.compiled(dist))
	}
	work, err := os.MkdirTemp("", "llgo-py-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(work)
	exe := filepath.Join(work, "exe")
	files, err := b.sideBySide(ctx, dist, h, exe, work)
	if err != nil {
		return nil, nil, err
	}
	tree, archive, err := b.archive(ctx, dist, h, files, work)
	if err != nil {
		return nil, nil, err
	}
	if !onefile.Attaches {
		if err := b.compile(ctx, dist, exe, archive); err != nil {
			return nil, nil, err
		}
	}
	if err := onefile.Write(b.out, exe, archive); err != nil {
		return nil, nil, err
	}
	return b.oneFileDone(ctx, dist, files, tree)
}

// sideBySide collects the program's Python, and with it does what need not wait for it:
// the Go program is built as exe, and libpython compressed, which takes as long as all
// the rest together. What takes part in the archive is in its final form only later, so
// compressed contents stay in the cache of package frames.
//
//	analysis ─┬─ byte code ────────────────────┬─ tree ─ archive ─ join
//	          └─ native files ─ compress them ─┤                    │
//	compress libpython (began before) ─────────┘                    │
//	compile and link Go ────────────────────────────────────────────┘
func (b *builder) sideBySide(ctx context.Context, dist *pydist.Dist, h *helper.Helper, exe, work string) (f *files, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if onefile.Attaches {
			return b.compile(ctx, dist, exe, "")
		}
		return b.compileAhead(ctx, dist, work)
	})
	group.Go(func() error { return b.ahead.wait(ctx) })
	group.Go(func() (err error) {
		f, err = b.collect(ctx, dist, h, nil, work)
		return err
	})
	return f, group.Wait()
}

// compileAhead compiles, with an empty archive, what is linked with the real one.
func (b *builder) compileAhead(ctx context.Context, dist *pydist.Dist, work string) error {
	if b.Flags.Commands { // they are to be shown once
		return nil
	}
	empty := filepath.Join(work, "empty.zip")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		return err
	}
	job := b.packagedJob(dist, "", empty)
	job.Ahead = true
	return b.comp.Build(ctx, job)
}

// compressAhead compresses files, in a new directory work. sums are as in frames.Ahead.
func (b *builder) compressAhead(ctx context.Context, h *helper.Helper, files []string, sums map[string]string, work string) error {
	if err := os.Mkdir(work, 0o755); err != nil {
		return err
	}
	return frames.Ahead(ctx, *b.encoder(h), files, sums, work)
}

// compresses reports whether what is collected goes into an archive.
func (b *builder) compresses() bool { return b.set.Onefile.Value && !b.looking }

// encoder compresses as the settings say.
func (b *builder) encoder(h *helper.Helper) *frames.Encoder {
	e := &frames.Encoder{Compressor: h, Effort: frames.Good}
	switch b.set.Compress.Value {
	case "best":
		e.Effort = frames.Best
	case "fast":
		e.Effort = frames.Fast
	}
	return e
}

// natives are the native files but for libpython, each once.
func (f *files) natives() []string {
	return slices.Compact(slices.Sorted(maps.Values(f.linked)))
}

// oneFileDone tells of the file that a tree went into.
func (b *builder) oneFileDone(ctx context.Context, dist *pydist.Dist, files *files, tree *bundle.Result) (*Summary, []string, error) {
	s := b.summary(dist, files, tree)
	fi, err := os.Stat(b.out)
	if err != nil {
		return nil, nil, err
	}
	s.Path, s.Size, s.Unpacked = b.display(b.out), fi.Size(), tree.Size
	return s, files.machineSources(), b.report(ctx, dist, s, files, tree)
}

// pythonTree makes the tree of the program's Python in work: the same as the
// directory's, made and looked at by the same code, without the program.
func (b *builder) pythonTree(ctx context.Context, dist *pydist.Dist, h *helper.Helper, work string) (*files, *bundle.Result, error) {
	files, err := b.collect(ctx, dist, h, nil, work)
	if err != nil {
		return nil, nil, err
	}
	dir := filepath.Join(work, "tree")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, nil, err
	}
	tree, err := b.writeTree(ctx, dist, "", files, dir)
	return files, tree, err
}
