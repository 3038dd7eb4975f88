package unpack

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Names below a cache directory. See the package comment.
const (
	subdir    = "onefile"
	treesDir  = "trees"
	stampsDir = "stamps"
	sumsDir   = "sums"
	filesDir  = "files"
	workDir   = "work"
	lockName  = "lock"
	trimName  = "trimmed" // its time says when trimming was last done
)

// touchEvery is how exact the time of last use is. Coarse, so that a warm start
// does not write.
const touchEvery = time.Hour

// cache is one onefile directory, every directory on the way to it trusted.
type cache struct {
	dir     string // without symbolic links
	trust   *trust
	touched bool // the first use of a tree within the hour: a moment to think of trimming
}

// openCache checks the way to a candidate. With create, what is missing of it is
// made.
func openCache(t *trust, candidate string, create bool) (*cache, error) {
	root, err := t.resolve(candidate, create)
	if err != nil {
		return nil, err
	}
	c := &cache{dir: filepath.Join(root, subdir), trust: t}
	used := []string{c.dir, c.path(treesDir), c.path(stampsDir)} // by a warm start
	if create {
		used = append(used, c.path(sumsDir), c.path(filesDir), c.path(workDir))
	}
	if err := t.private(root); err != nil {
		return nil, err
	}
	for _, dir := range used {
		if create {
			if err := mkdir(dir); err != nil {
				return nil, err
			}
		}
		if err := t.private(dir); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *cache) path(names ...string) string {
	return c.dir + "/" + filepath.Join(names...)
}

func treeName(id [32]byte) string { return hex.EncodeToString(id[:]) }

// verdict of a look at a tree.
type verdict int

const (
	absent  verdict = iota // nothing was ever completed, or it was trimmed
	damaged                // completed once, and not as it was then
	stale                  // completed in another boot, and perhaps not on the disk
	unusable
	ready
)

// look is the warm start. A tree that is ready is kept by a shared lock on its
// stamp, which nothing in this process ever gives back.
func (c *cache) look(id [32]byte) (verdict, string) {
	fd, v, reason := c.examine(id)
	if v == ready {
		hold(fd)
	} else {
		closeFile(fd)
	}
	return v, reason
}

// examine returns the open stamp (-1 if there is none), which has a shared lock if
// the tree is ready.
func (c *cache) examine(id [32]byte) (fd int, v verdict, reason string) {
	fd, err := openFile(c.path(stampsDir, treeName(id)), syscall.O_RDONLY)
	if err != nil {
		return -1, absent, ""
	}
	v, reason = c.lookAt(fd, id)
	return fd, v, reason
}

func (c *cache) lookAt(fd int, id [32]byte) (verdict, string) {
	if flock(fd, lockShared|lockNoWait) != nil {
		return absent, "" // is being trimmed; whoever takes the cache's lock will see
	}
	st, err := fstat(fd)
	if err != nil || st.nlink == 0 { // was trimmed since it was opened
		return absent, ""
	}
	if !st.isFile() || !c.trust.user(st.uid) || st.size > stampLimit {
		return damaged, "the stamp is not a file of yours"
	}
	raw := make([]byte, st.size)
	n, _ := readAt(fd, raw)
	s, ok := parseStamp(raw[:n])
	if !ok || s.id() != id {
		return damaged, "the stamp is damaged"
	}
	if boot := s.boot(); boot != ([16]byte{}) && boot != bootID() {
		return stale, "it was made before the last reboot"
	}
	if err := allowsExec(fd); err != nil {
		return unusable, err.Error()
	}
	if bad := c.trust.compare(c.path(treesDir, treeName(id)), s); bad != nil {
		return damaged, bad.path + " " + bad.reason
	}
	c.touch(id, st)
	return ready, ""
}

// touch notes the use of a tree for Trim. Failure (a read-only file system) does
// not matter.
func (c *cache) touch(id [32]byte, st identity) {
	now := time.Now()
	if age := now.Unix() - st.sec; age < 0 || age >= int64(touchEvery/time.Second) {
		c.touched = os.Chtimes(c.path(stampsDir, treeName(id)), now, now) == nil
	}
}
