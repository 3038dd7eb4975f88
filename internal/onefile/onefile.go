// Package onefile has what the two kinds of one-file programs are made of in
// common: those that start Python in their own process (internal/assemble) and those
// that are a launcher with a finished program inside (internal/launcher). Both
// embed an archive, and both replace an older result as a whole.
package onefile

import (
	"context"
	"os"
	"path/filepath"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/frames"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// Pack writes sources as the payload archive, a new file. Without an encoder the archive
// is about a tenth larger.
func Pack(ctx context.Context, archive string, sources []payload.Source, e *frames.Encoder) error {
	work := filepath.Dir(archive)
	if e != nil {
		if err := frames.Add(ctx, *e, sources, work); err != nil {
			return err
		}
	}
	out, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := payload.Write(ctx, out, sources, payload.Options{TempDir: work}); err != nil {
		return err
	}
	return out.Close()
}

// Write makes the executable out, in which archive is embedded. compile is called
// to write it to a path beside out that has out's name; it gets to its place by a
// rename, so that a failed or killed build leaves an older program whole.
func Write(out, archive string, compile func(exe string) error) error {
	dir := filepath.Dir(out)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(dir, "."+filepath.Base(out)+".llgo-py-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	exe := filepath.Join(work, filepath.Base(out))
	if err := compile(exe); err != nil {
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
	return os.Rename(exe, out)
}
