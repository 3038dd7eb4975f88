package assemble

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/frames"
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
	if err := b.inspectPlan(ctx, store, dist, plan, tree.Manifest); err != nil {
		return nil, "", err
	}
	archive := filepath.Join(work, "payload.zip")
	if err := b.pack(ctx, h, plan, tree.Manifest, archive); err != nil {
		return nil, "", err
	}
	_, err = store.KeepFile(key, archive)
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

// pack writes python/ of a described tree as the payload's archive, from where its files
// come from: the tree itself is not written. The payload's root is Python's prefix. A
// source that is edited meanwhile is an error.
func (b *builder) pack(ctx context.Context, h *helper.Helper, plan *bundle.Plan, m *bundle.Manifest, archive string) error {
	contents, err := plan.Contents(m)
	if err != nil {
		return err
	}
	sources := make([]payload.Source, len(contents))
	for i := range contents {
		if sources[i], err = sourceOf(&contents[i]); err != nil {
			return err
		}
		if s := &sources[i]; s.File == "" && s.Size >= frames.Small { // the manifest: what makes frames reads files
			s.File = filepath.Join(filepath.Dir(archive), fmt.Sprintf("generated%d", i))
			if err := writeTo(s.File, s.Open); err != nil {
				return err
			}
		}
	}
	task := b.Reporter.Phase("compress the payload", 0)
	defer task.Done()
	return onefile.Pack(ctx, archive, sources, b.encoder(h))
}

// writeTo writes what open opens to a new file.
func writeTo(file string, open func() (io.ReadCloser, error)) error {
	r, err := open()
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// sourceOf is an entry of a tree as one of its archive.
func sourceOf(c *bundle.Content) (payload.Source, error) {
	s := payload.Source{Path: strings.TrimPrefix(c.Path, "python/"), Target: c.Link}
	switch {
	case c.IsDir:
		s.Mode = fs.ModeDir | 0o755
		return s, nil
	case c.Kind == bundle.Symlink:
		s.Mode = fs.ModeSymlink
		return s, nil
	}
	mode, err := strconv.ParseUint(c.Mode, 8, 32)
	if err != nil {
		return s, fmt.Errorf("%s: mode %q", c.Path, c.Mode)
	}
	s.Mode, s.File, s.Size, s.Open = fs.FileMode(mode), c.Source, c.Size, c.Open
	if c.SHA256 != "" {
		sum, err := hex.DecodeString(c.SHA256)
		if err != nil || len(sum) != sha256.Size {
			return s, fmt.Errorf("%s: sum %q", c.Path, c.SHA256)
		}
		s.Sum = (*[sha256.Size]byte)(sum)
	}
	return s, nil
}
