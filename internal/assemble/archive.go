package assemble

import (
	"context"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/onefile"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// archive returns the archive of a program of one file, and the tree that is in it. It is
// kept by the manifest of the tree, which has the sum of every file: as long as only Go
// code changes, neither is written again.
func (b *builder) archive(ctx context.Context, dist *pydist.Dist, h *helper.Helper, f *files, work string) (*bundle.Result, string, error) {
	plan, err := b.planTree(dist, "", f)
	if err != nil {
		return nil, "", err
	}
	tree, err := plan.Describe(ctx)
	if err != nil {
		return nil, "", err
	}
	store, err := kept.Open()
	if err != nil {
		return nil, "", err
	}
	key, err := b.archiveKey(h, tree)
	if err != nil {
		return nil, "", err
	}
	if archive, ok := store.File(key); ok {
		if hits, ok, err := b.keptHits(store, dist, tree.Manifest); err != nil || ok {
			b.tellHits(hits)
			return tree, archive.Path, err
		}
	}
	dir := filepath.Join(work, "tree")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, "", err
	}
	if tree, err = b.write(ctx, dist, plan, dir, true); err != nil {
		return nil, "", err
	}
	archive := filepath.Join(work, "payload.zip")
	if err := b.pack(ctx, h, tree, archive); err != nil {
		return nil, "", err
	}
	// A source that was edited between the two looks has made another tree.
	if key, err = b.archiveKey(h, tree); err == nil {
		_, err = store.KeepFile(key, archive)
	}
	return tree, archive, err
}

// archiveKey is the key of a tree's archive.
func (b *builder) archiveKey(h *helper.Helper, tree *bundle.Result) (kept.Key, error) {
	id, err := b.encoder(h).ID()
	if err != nil {
		return kept.Key{}, err
	}
	self, err := b.tool()
	return kept.NewKey("archive", []byte(tree.ManifestSHA256), []byte(id), self), err
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
	return onefile.Pack(ctx, archive, sources, b.encoder(h))
}
