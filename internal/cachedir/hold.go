package cachedir

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// holdersFile is locked, shared, by who uses the cache, and exclusively by who removes
// entries: what a build has found stays until the build is over. The lock ends with its
// process.
const holdersFile = ".in-use"

// touchEvery is how exact the time of an entry's last use is.
const touchEvery = time.Hour

// Hold keeps entries from being removed, by others, until release is called. Any number
// of processes may hold the cache; it waits for one that removes.
func Hold(ctx context.Context) (release func(), err error) {
	return hold(ctx, os.O_RDONLY|os.O_CREATE)
}

// Exclusive waits until nobody holds the cache, and keeps others from doing so until
// release is called.
func Exclusive(ctx context.Context) (release func(), err error) {
	return hold(ctx, os.O_RDWR|os.O_CREATE)
}

func hold(ctx context.Context, flags int) (release func(), err error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(root, holdersFile)
	return await(ctx, path, func() (func(), error) {
		f, err := lockedfile.OpenFile(path, flags, 0o600)
		if err != nil {
			return nil, err
		}
		return func() { _ = f.Close() }, nil
	})
}

// touch remembers that the entry dir is used. Only people, and who removes what nobody
// used for long, want to know; so errors do not matter.
func touch(dir string) {
	now := time.Now()
	if now.Sub(LastUse(dir)) >= touchEvery {
		_ = os.Chtimes(sibling(dir, "lock"), now, now)
	}
}

// LastUse is when an entry was used last, to the hour.
func LastUse(dir string) time.Time {
	for _, path := range []string{sibling(dir, "lock"), dir} {
		if info, err := os.Stat(path); err == nil {
			return info.ModTime()
		}
	}
	return time.Time{}
}

// Remove removes the entry dir: its name at once, then its files. The cache must be
// held exclusively. A kill on the way leaves a work directory, see [Entries].
func Remove(dir string) error {
	away := sibling(dir, "work-removed")
	if err := os.RemoveAll(away); err != nil {
		return fmt.Errorf("cannot remove %s: %w", away, cause(err))
	}
	if err := os.Rename(dir, away); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("cannot remove %s: %w", dir, err)
	}
	if err := os.RemoveAll(away); err != nil {
		return fmt.Errorf("cannot remove %s: %w", away, cause(err))
	}
	_ = os.Remove(sibling(dir, "lock"))
	return nil
}

// Entries lists the entries in the directory parent, and the work directories that dead
// processes left there, as long as the cache is held exclusively. Both absolute.
func Entries(parent string) (entries, abandoned []string, err error) {
	names, err := os.ReadDir(parent)
	if os.IsNotExist(err) {
		return nil, nil, nil
	}
	for _, e := range names {
		path := filepath.Join(parent, e.Name())
		switch hidden := strings.HasPrefix(e.Name(), "."); {
		case !hidden && e.IsDir():
			entries = append(entries, path)
		case hidden && e.IsDir() && strings.Contains(e.Name(), ".work-"):
			abandoned = append(abandoned, path)
		}
	}
	return entries, abandoned, err
}
