package build

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// onefile builds the program with the tree of its Python inside.
func (b *builder) onefile(ctx context.Context) (*Summary, error) {
	dist, h, err := b.python(ctx)
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "llgo-py-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	files, err := b.collect(ctx, dist, h, work)
	if err != nil {
		return nil, err
	}
	// The same tree as the directory's, made and looked at by the same code.
	dir := filepath.Join(work, "tree")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	tree, err := b.writeTree(ctx, dist, "", files, dir)
	if err != nil {
		return nil, err
	}
	archive := filepath.Join(work, "payload.zip")
	if err := b.pack(ctx, tree, archive); err != nil {
		return nil, err
	}
	if err := b.embed(ctx, dist, archive); err != nil {
		return nil, err
	}
	s := b.summary(dist, files, tree)
	fi, err := os.Stat(b.out)
	if err != nil {
		return nil, err
	}
	s.Path, s.Size, s.Unpacked = b.display(b.out), fi.Size(), tree.Size
	return s, nil
}

// pack writes python/ of the tree as the payload's archive. The payload's root is
// Python's prefix.
func (b *builder) pack(ctx context.Context, tree *bundle.Result, archive string) error {
	sources, err := payloadSources(filepath.Join(tree.Dir, "python"))
	if err != nil {
		return err
	}
	task := b.Reporter.Phase("compress the payload", 0)
	defer task.Done()
	out, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := payload.Write(ctx, out, sources, payload.Options{}); err != nil {
		return err
	}
	return out.Close()
}

// payloadSources lists the files and links below dir, and directories that are
// empty but have to be there (lib-dynload, by which CPython knows its exec_prefix).
func payloadSources(dir string) (sources []payload.Source, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if entries, err := os.ReadDir(path); err != nil || len(entries) > 0 {
				return err
			}
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		s := payload.Source{Path: filepath.ToSlash(rel), Mode: info.Mode() & (fs.ModePerm | fs.ModeType)}
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			s.Target, err = os.Readlink(path)
		case d.Type().IsRegular():
			s.Open = func() (io.ReadCloser, error) { return os.Open(path) }
		}
		sources = append(sources, s)
		return err
	})
	return sources, err
}

// embed compiles the program with the archive and puts it in its place by a
// rename: a failed or killed build leaves the old program whole.
func (b *builder) embed(ctx context.Context, dist *pydist.Dist, archive string) error {
	dir := filepath.Dir(b.out)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(dir, "."+filepath.Base(b.out)+".llgo-py-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	exe := filepath.Join(work, filepath.Base(b.out))
	if err := b.compile(ctx, dist, exe, archive); err != nil {
		return err
	}
	// A signed Mach-O file may not grow.
	if runtime.GOOS == "linux" {
		if err := payload.AppendListing(exe, archive); err != nil {
			return err
		}
	}
	if err := durable.File(exe); err != nil {
		return err
	}
	return os.Rename(exe, b.out)
}
