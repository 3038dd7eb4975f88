package cachedir

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
)

// Ensure makes sure that the directory dir exists, complete. Where it does not,
// fill is called with an empty directory beside dir and puts the content there.
// Whatever fill leaves behind when it fails is removed, and its error returned
// as it is. Fill is given the context's cancellation by its caller; Ensure
// itself watches ctx while it waits for another process.
//
// The interleaving, in order:
//
//  1. First check. If dir exists it is complete, because only step 6 makes it.
//  2. Lock. Of all processes that want dir, one goes on and the others wait.
//  3. Second check. Who waited finds dir filled by the one before, and returns.
//  4. Clean. A work directory of dir that exists now has lost its owner: the
//     owner would hold the lock, and a process that is killed loses it.
//  5. Fill a work directory with a unique name and bring it to the disk.
//  6. Rename it to dir. The name is now there after a power cut, with its files.
//
// A kill before 6 leaves a work directory that no check looks at. Its children
// may live on and write into it; they hold no lock, because lock files are not
// inherited, and their work directory is never used again.
func Ensure(ctx context.Context, dir string, fill func(work string) error) error {
	if isDir(dir) {
		touch(dir)
		return nil
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fmt.Errorf("cannot create %s: %w", parent, cause(err))
	}
	unlock, err := Lock(ctx, sibling(dir, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	if isDir(dir) {
		return nil
	}
	removeAbandoned(dir)
	return fillAndRename(ctx, dir, fill)
}

func fillAndRename(ctx context.Context, dir string, fill func(work string) error) error {
	work, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(sibling(dir, "work-*")))
	if err != nil {
		return fmt.Errorf("cannot create a work directory for %s: %w", dir, cause(err))
	}
	// After the rename there is nothing under this name; before it, and also
	// when fill panics, the half-made directory goes.
	defer os.RemoveAll(work)
	if err := fill(work); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := durable.Tree(work); err != nil {
		return fmt.Errorf("cannot bring %s to the disk: %w", dir, err)
	}
	if err := os.Rename(work, dir); err != nil {
		return fmt.Errorf("cannot complete %s: %w", dir, err)
	}
	return durable.File(filepath.Dir(dir))
}

// sibling names a file that belongs to the entry dir and lies beside it. The
// leading dot keeps such names apart from entries.
func sibling(dir, kind string) string {
	return filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+"."+kind)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Lock waits for the lock file at path, which it makes, or for the end of ctx. The
// lock dies with the process. The wait itself cannot be interrupted, so it is done
// elsewhere; if the lock comes too late it is given back at once.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	return await(ctx, path, lockedfile.MutexAt(path).Lock)
}

// await waits for take, which takes the lock at path, or for the end of ctx.
func await(ctx context.Context, path string, take func() (unlock func(), err error)) (unlock func(), err error) {
	type result struct {
		unlock func()
		err    error
	}
	done := make(chan result, 1)
	go func() {
		unlock, err := take()
		done <- result{unlock, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("cannot lock %s: %w", path, cause(r.err))
		}
		return r.unlock, nil
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil {
				r.unlock()
			}
		}()
		return nil, ctx.Err()
	}
}

// removeAbandoned removes the work directories that dead processes left for
// dir. It must be called with dir's lock held. What cannot be removed now (an
// orphan may still be writing) is met again next time.
func removeAbandoned(dir string) {
	prefix := filepath.Base(sibling(dir, "work-"))
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), prefix) {
			_ = os.RemoveAll(filepath.Join(filepath.Dir(dir), entry.Name()))
		}
	}
}
