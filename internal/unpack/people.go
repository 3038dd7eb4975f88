package unpack

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// Tree is an unpacked program, for people.
type Tree struct {
	ID      string    // of its payload, in hexadecimal
	Dir     string    // absolute
	Program string    // the file that unpacked it; it may be elsewhere now
	Files   int       // files and links
	Size    int64     // bytes, including what it shares with other trees
	Used    time.Time // last start, to the hour
	InUse   bool      // a program runs from it
}

// Problem is a file of a tree that is not as it was when it was unpacked.
type Problem struct {
	Tree   Tree
	Path   string // relative to the tree; "" for the tree as a whole
	Reason string
}

func (p Problem) String() string {
	return strings.TrimSuffix(p.Tree.Dir+"/"+p.Path, "/") + " " + p.Reason
}

// Caches returns the directories where programs of this user may have been
// unpacked, and that exist: arguments for the functions below. The directories of
// the programs themselves, which are the last resort, are unknown here.
func Caches() []string {
	var dirs []string
	for _, p := range places(newTrust()) {
		dir := filepath.Join(p.dir, subdir)
		if id, err := lstat(dir); p.problem == "" && err == nil && id.isDir() {
			dirs = append(dirs, p.dir)
		}
	}
	return dirs
}

// visit opens the cache in dir and takes its lock, if there is one: without it
// (read-only) nothing can be changed either.
func visit(dir string, work func(*cache) error) error {
	c, err := openCache(newTrust(), dir, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	unlock, err := c.lock(true)
	if err != nil {
		return err
	}
	defer unlock()
	return work(c)
}

// List returns the trees of a cache, the last used first.
func List(dir string) (trees []Tree, err error) {
	err = visit(dir, func(c *cache) error {
		trees, err = c.list()
		return err
	})
	sort.Slice(trees, func(i, j int) bool { return trees[i].Used.After(trees[j].Used) })
	return trees, err
}

// Verify compares all contents of all trees with their hashes, and how the files
// look with their stamps. It changes nothing: the program's next start repairs
// what it notices by itself, and with LLGO_PY_VERIFY=1 the rest.
func Verify(dir string) (problems []Problem, err error) {
	err = visit(dir, func(c *cache) error {
		trees, err := c.list()
		for _, t := range trees {
			problems = append(problems, c.problems(t)...)
		}
		return err
	})
	return problems, err
}

// Trim removes the trees that were not used for as long as unused, except those
// in use, and what no tree needs.
func Trim(dir string, unused time.Duration) (r Report, err error) {
	err = visit(dir, func(c *cache) error {
		r, err = c.trim(func(t Tree) bool { return time.Since(t.Used) > unused })
		return err
	})
	return r, err
}

// Clear removes all trees, except those in use.
func Clear(dir string) (r Report, err error) {
	err = visit(dir, func(c *cache) error {
		r, err = c.trim(func(Tree) bool { return true })
		return err
	})
	return r, err
}
