package objects

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
)

// Content is one that a pool should have.
type Content struct {
	Hash       Hash
	Size       int64
	Executable bool
	// Copy writes the content and verifies it meanwhile: what it returns nil for
	// has that hash. It may be called from any goroutine.
	Copy func(w io.Writer) error
}

// SourceError is an error of Content.Copy, which no other disk would cure.
type SourceError struct{ Err error }

func (e *SourceError) Error() string { return e.Err.Error() }

// Unwrap returns the error of Copy.
func (e *SourceError) Unwrap() error { return e.Err }

// Obtained is what became of contents.
type Obtained struct {
	Written  int64    // bytes
	Shared   int64    // bytes that were there already
	Replaced []string // files that were there with another content: links to them still have that
}

// Obtain makes sure that the pool has the contents; work is an empty directory of
// the same file system. Large ones go first, so that no processor is left with the
// largest at the end.
func (p *Pool) Obtain(work string, contents []Content) (Obtained, error) {
	var jobs []*Content
	seen := map[string]bool{}
	for i := range contents {
		c := &contents[i]
		if name := p.Path(c.Hash, c.Executable); !seen[name] {
			seen[name] = true
			jobs = append(jobs, c)
		}
	}
	sort.SliceStable(jobs, func(a, b int) bool { return jobs[a].Size > jobs[b].Size })
	results := make([]result, len(jobs))
	dirs := &madeDirs{pool: p, made: map[string]bool{}}
	err := Parallel(len(jobs), func(i int) (err error) {
		results[i], err = p.obtain(jobs[i], filepath.Join(work, strconv.Itoa(i)), dirs)
		return err
	})
	var sum Obtained
	for i, c := range jobs {
		switch results[i] {
		case shared:
			sum.Shared += c.Size
		case replaced:
			sum.Replaced = append(sum.Replaced, p.Path(c.Hash, c.Executable))
			fallthrough
		case written:
			sum.Written += c.Size
		}
	}
	return sum, err
}

// result is what became of one content.
type result int

const (
	failed result = iota
	shared
	written
	replaced
)

// obtain writes one content to a work file, which then gets its name. What has the
// name already is believed only if its hash is right, whoever wrote it: it may be
// from a process that was killed, or have been damaged since.
func (p *Pool) obtain(c *Content, work string, dirs *madeDirs) (result, error) {
	name := p.Path(c.Hash, c.Executable)
	done := written
	if info, err := os.Lstat(name); err == nil {
		if p.reusable(name, info, c) {
			return shared, nil
		}
		done = replaced
	}
	if err := dirs.make(filepath.Dir(name)); err != nil {
		return failed, err
	}
	if err := p.create(work, Permissions(c.Executable), c.Copy); err != nil {
		return failed, err
	}
	p.fault("rename file")
	return done, os.Rename(work, name)
}

// reusable checks a file of the pool and sets its mode and time right.
func (p *Pool) reusable(name string, info fs.FileInfo, c *Content) bool {
	if !info.Mode().IsRegular() || info.Size() != c.Size {
		return false
	}
	if uid, _ := owner(info); uid != p.UID {
		return false
	}
	if sum, err := HashFile(name); err != nil || sum != c.Hash {
		return false
	}
	mode := Permissions(c.Executable)
	if info.ModTime().Equal(Time) && info.Mode() == mode {
		return true
	}
	p.fault("repair file")
	return os.Chmod(name, mode) == nil && os.Chtimes(name, Time, Time) == nil
}

// madeDirs makes each directory of a pool, and looks at it, once: tens of thousands of
// files lie in 256 of them.
type madeDirs struct {
	pool *Pool
	mu   sync.Mutex
	made map[string]bool
}

func (d *madeDirs) make(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.made[dir] {
		return nil
	}
	err := d.pool.mkdir(dir)
	d.made[dir] = err == nil
	return err
}

func (p *Pool) mkdir(dir string) error {
	p.fault("mkdir files")
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if p.Private == nil {
		return nil
	}
	return p.Private(dir)
}

// create writes a new file that looks as all files of a pool do.
func (p *Pool) create(name string, mode fs.FileMode, content func(io.Writer) error) error {
	p.fault("create")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // again, after an error
	w := &errWriter{pool: p, w: f}
	if err := content(w); w.err != nil {
		return w.err
	} else if err != nil {
		return &SourceError{err}
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := f.Close(); err != nil { // where quotas and network file systems complain
		return err
	}
	p.fault("set time")
	return os.Chtimes(name, Time, Time)
}

// errWriter remembers the error of a write, to tell it from one of the source.
type errWriter struct {
	pool *Pool
	w    io.Writer
	err  error
}

func (w *errWriter) Write(p []byte) (int, error) {
	w.pool.fault("write")
	n, err := w.w.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}
