// Package onefile has what the two kinds of one-file programs are made of in
// common: those that start Python in their own process (internal/assemble) and those
// that are a launcher with a finished program inside (internal/launcher). Both
// carry an archive, and both replace an older result as a whole.
package onefile

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/frames"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
	"github.com/llgo-pypack/llgo-pypack/internal/section"
)

// Pack writes sources as the payload archive, a new file. Without an encoder the archive
// is about a tenth larger.
func Pack(ctx context.Context, archive string, sources []payload.Source, e *frames.Encoder) error {
	work := filepath.Dir(archive)
	opts := payload.Options{TempDir: work}
	if e != nil {
		opts.Level = e.Level()
		if err := frames.Add(ctx, *e, sources, work); err != nil {
			return err
		}
	}
	out, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := payload.Write(ctx, out, sources, opts); err != nil {
		return err
	}
	return out.Close()
}

// Attaches tells how a program gets its archive here: in a section, when it is linked
// already; or else the linker embeds it, as in a Mach-O file, which may not grow once it
// is signed.
const Attaches = runtime.GOOS == "linux"

// Write makes the executable out of a linked program and the archive that it carries, or
// has embedded. It gets to its place by a rename, so that a failed or killed build leaves
// an older program whole.
func Write(out, program, archive string) error {
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
	if err := join(exe, program, archive); err != nil {
		return err
	}
	return os.Rename(exe, out)
}

// join writes a new file exe and brings it to the disk.
func join(exe, program, archive string) error {
	f, err := os.OpenFile(exe, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	defer f.Close()
	linked, err := os.Open(program)
	if err != nil {
		return err
	}
	defer linked.Close()
	if _, err := io.Copy(f, linked); err != nil {
		return err
	}
	if Attaches {
		if err := attach(f, archive); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// attach puts the archive into a section of f, and makes f a ZIP archive.
func attach(f *os.File, archive string) error {
	a, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer a.Close()
	info, err := a.Stat()
	if err != nil {
		return err
	}
	base, err := section.Add(f, a)
	if err != nil {
		return err
	}
	return payload.AppendListing(f, base, info.Size())
}
