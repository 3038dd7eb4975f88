package assemble

import (
	"context"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/onefile"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
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
	files, tree, err := b.pythonTree(ctx, dist, h, work)
	if err != nil {
		return nil, nil, err
	}
	archive := filepath.Join(work, "payload.zip")
	if err := b.pack(ctx, h, tree, archive); err != nil {
		return nil, nil, err
	}
	if err := onefile.Write(b.out, archive, func(exe string) error { return b.compile(ctx, dist, exe, archive) }); err != nil {
		return nil, nil, err
	}
	return b.oneFileDone(ctx, dist, files, tree)
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

// pack writes python/ of the tree as the payload's archive. The payload's root is
// Python's prefix.
func (b *builder) pack(ctx context.Context, h *helper.Helper, tree *bundle.Result, archive string) error {
	sources, err := payload.FromDir(filepath.Join(tree.Dir, "python"))
	if err != nil {
		return err
	}
	task := b.Reporter.Phase("compress the payload", 0)
	defer task.Done()
	return onefile.Pack(ctx, archive, sources, h)
}
