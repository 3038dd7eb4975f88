package pydist

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// An entry of the cache holds the distribution and, apart from it, the pip that
// the same module carries: what is packaged must not see pip.
const (
	pythonDir = "python"
	pipDir    = "pip"
)

// Managed returns a CPython of the given version, "3.14" or "3.14.6", for the
// machine this runs on; "" asks for Default. The first call downloads it with
// the go command (about 100 MB), checks it against the sum in this source and
// unpacks it into the cache; later calls find it there.
func Managed(ctx context.Context, rep progress.Reporter, version string) (*Dist, error) {
	if version == "" {
		version = Default
	}
	platform := runtime.GOOS + "/" + runtime.GOARCH
	rel, err := find(version, platform)
	if err != nil {
		return nil, err
	}
	root, err := cachedir.Root()
	if err != nil {
		return nil, err
	}
	identity := rel.identity(platform)
	dir := filepath.Join(root, "python", rel.entryName(platform, identity))
	err = cachedir.Ensure(ctx, dir, func(work string) error {
		return rel.install(ctx, rep, platform, work)
	})
	if err != nil {
		return nil, err
	}
	return rel.describe(ctx, dir, identity)
}

func (r release) entryName(platform, identity string) string {
	return fmt.Sprintf("cpython-%s-%s-%s", r.python, strings.ReplaceAll(platform, "/", "-"), identity[:12])
}

// identity is derived from the sum of the module, which covers every byte of
// the distribution. The layout number changes when unpacking does.
func (r release) identity(platform string) string {
	const layout = 1
	return hashText(fmt.Sprintf("managed %d %s %s", layout, r.sum, platform))
}

func (r release) install(ctx context.Context, rep progress.Reporter, platform, work string) error {
	zipPath, err := r.download(ctx, rep)
	if err != nil {
		return err
	}
	archive, err := r.open(zipPath)
	if err != nil {
		return err
	}
	defer archive.Close()
	task := rep.Phase("unpack CPython "+r.python, 0)
	defer task.Done()
	data := "python/internal/data/" + strings.ReplaceAll(platform, "/", "-")
	if err := archive.unpack(ctx, data, filepath.Join(work, pythonDir), task); err != nil {
		return err
	}
	return archive.unpack(ctx, "pip/internal/data", filepath.Join(work, pipDir), task)
}

// describe asks the unpacked interpreter about itself, as with any other, once: that
// it starts is worth knowing before an analysis does.
func (r release) describe(ctx context.Context, dir, identity string) (*Dist, error) {
	answer, err := probeOnce(ctx, filepath.Join(dir, pythonDir, "bin", "python3"), identity)
	if err != nil {
		return nil, fmt.Errorf("managed CPython %s does not start: %w; remove %s to have it unpacked again", r.python, err, dir)
	}
	dist, err := answer.dist()
	if err != nil {
		return nil, fmt.Errorf("managed CPython %s: %w; remove %s to have it unpacked again", r.python, err, dir)
	}
	dist.Managed = true
	dist.Pip = filepath.Join(dir, pipDir)
	dist.Identity, dist.Interpreter = identity, identity
	return dist, nil
}
