package unpack

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// Trimming by itself: trees that nobody used for trimAge, looked for once in
// trimEvery at most.
const (
	trimAge   = 30 * 24 * time.Hour
	trimEvery = 24 * time.Hour
)

// trimDaily trims if that was not done today and nobody else works here. Errors
// do not matter to the program that starts.
func (c *cache) trimDaily(log *logger) {
	marker := c.path(trimName)
	id, err := lstat(marker)
	if now := time.Now().Unix(); err == nil && id.sec <= now && now-id.sec < int64(trimEvery/time.Second) {
		return
	}
	unlock, err := c.lock(false)
	if err != nil {
		return
	}
	defer unlock()
	fault("mark trim")
	fd, err := openFile(marker, os.O_WRONLY|os.O_CREATE)
	closeFile(fd)
	if err != nil || os.Chtimes(marker, time.Now(), time.Now()) != nil {
		return // read-only
	}
	r, err := c.trim(func(t Tree) bool { return time.Since(t.Used) > trimAge })
	log.print("%s: trimmed %d trees, %s; %v", c.dir, len(r.Removed), megabytes(r.Bytes), err)
}

// Report says what was removed.
type Report struct {
	Removed []Tree
	InUse   []Tree // would have been removed, but a program runs from it
	Bytes   int64  // freed; contents that other trees share are not
}

// trim removes the trees that drop chooses, except those in use, and everything
// that no tree needs. The cache's lock is held.
func (c *cache) trim(drop func(Tree) bool) (r Report, err error) {
	trees, err := c.list()
	if err != nil {
		return r, err
	}
	for _, t := range trees {
		if !drop(t) {
			continue
		}
		switch removed, e := c.removeTree(t.ID); {
		case e != nil:
			err = errors.Join(err, e)
		case removed:
			r.Removed = append(r.Removed, t)
		default:
			r.InUse = append(r.InUse, t)
		}
	}
	n, e := c.sweep()
	r.Bytes = n
	return r, errors.Join(err, e)
}

// removeTree removes a tree that nobody uses: the stamp first, so that no start
// believes in it, then its name at once, then its files.
//
// Who uses it is found out in this order: the exclusive lock is taken, so that no
// start holds the tree or gets to hold it; then processes are looked at, since a
// launcher's lock ends when it becomes its program, which the kernel shows as
// running from the tree before it closes the lock's descriptor.
func (c *cache) removeTree(id string) (removed bool, err error) {
	stamp := c.path(stampsDir, id)
	fd, err := openFile(stamp, os.O_RDONLY)
	if err != nil {
		return false, err
	}
	defer closeFile(fd)
	if flock(fd, lockExclusive|lockNoWait) != nil || c.running(id) {
		return false, nil
	}
	fault("remove stamp")
	if err := os.Remove(stamp); err != nil {
		return false, err
	}
	return true, c.discard(id)
}

// discard removes a tree without a stamp.
func (c *cache) discard(id string) error {
	fault("remove sums")
	_ = os.Remove(c.path(sumsDir, id))
	away := c.path(workDir, "trimmed-"+id)
	fault("rename trimmed")
	if err := os.Rename(c.path(treesDir, id), away); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	fault("remove trimmed")
	return os.RemoveAll(away)
}

// sweep removes what belongs to no tree: leftovers of killed processes, and
// contents that are linked nowhere else. It returns the bytes of the latter.
func (c *cache) sweep() (freed int64, err error) {
	err = c.sweepWork()
	names, e := os.ReadDir(c.path(treesDir))
	err = errors.Join(err, e)
	for _, name := range names {
		if _, e := lstat(c.path(stampsDir, name.Name())); errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, c.discard(name.Name()))
		}
	}
	freed, e = c.pool().Sweep(func(_ string, links uint64) bool { return links > 1 })
	return freed, errors.Join(err, e)
}

// sweepWork removes what dead processes left. Their owner would hold the lock.
func (c *cache) sweepWork() error {
	entries, err := os.ReadDir(c.path(workDir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		fault("sweep")
		if err := os.RemoveAll(c.path(workDir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
