package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
)

// A writer writes the tree of a plan into a new directory.
type writer struct {
	plan *Plan
	dir  string // will hold the program and python/
	opts *Options

	mu           sync.Mutex
	done         int
	manifestSize int64
}

// write writes everything, the manifest last, and sets times. It returns the
// manifest and its sum.
func (w *writer) write(ctx context.Context) (*Manifest, string, error) {
	if err := w.makeDirs(); err != nil {
		return nil, "", err
	}
	m := w.plan.manifest
	m.Files = make([]Entry, len(w.plan.items))
	err := parallel.Each(ctx, len(m.Files), func(i int) (err error) {
		m.Files[i], err = w.writeItem(&w.plan.items[i])
		w.step(m.Files[i].Path)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	data, err := m.encode()
	if err != nil {
		return nil, "", err
	}
	manifest := item{Entry: Entry{Path: path.Join(pythonDir, manifestName), Mode: "0644"}, data: data}
	written, err := w.writeItem(&manifest)
	if err != nil {
		return nil, "", err
	}
	w.manifestSize = written.Size
	return &m, written.SHA256, w.setTimes()
}

// step reports one more file.
func (w *writer) step(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done++
	if w.opts.Progress != nil && name != "" {
		w.opts.Progress(w.done, len(w.plan.items), name)
	}
}

func (w *writer) full(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// makeDirs makes all directories, with the same mode under every umask.
func (w *writer) makeDirs() error {
	for _, dir := range w.plan.dirs() {
		if err := os.Mkdir(w.full(dir), 0o755); err != nil {
			return err
		}
		if err := os.Chmod(w.full(dir), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// writeItem writes one file or link and returns its entry with size and sum.
func (w *writer) writeItem(it *item) (Entry, error) {
	e := it.Entry
	if it.Kind == Symlink {
		return e, os.Symlink(filepath.FromSlash(it.Link), w.full(it.Path))
	}
	src, err := it.open()
	if err != nil {
		return e, err
	}
	defer src.Close()
	mode := fs.FileMode(0o644)
	if it.Mode == "0755" {
		mode = 0o755
	}
	e.Size, e.SHA256, err = writeFile(w.full(it.Path), src, mode)
	if err != nil {
		return e, fmt.Errorf("%s: %w", it.Path, err)
	}
	return e, nil
}

// writeFile writes a new file and returns its size and SHA-256, computed from the
// very bytes that were written.
func writeFile(name string, src io.Reader, mode fs.FileMode) (int64, string, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return 0, "", err
	}
	sum := sha256.New()
	size, err := objects.Copy(io.MultiWriter(f, sum), src)
	if err == nil {
		err = f.Chmod(mode) // whatever the umask
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return size, hex.EncodeToString(sum.Sum(nil)), err
}

// setTimes gives everything below python/ its time, directories after what is in
// them.
func (w *writer) setTimes() error {
	stamp := w.opts.ModTime
	if stamp.IsZero() {
		stamp = DefaultModTime
	}
	names := []string{path.Join(pythonDir, manifestName)}
	for _, it := range w.plan.items {
		if it.Kind != Program {
			names = append(names, it.Path)
		}
	}
	dirs := w.plan.dirs()
	slices.Reverse(dirs)
	for _, name := range append(names, dirs...) {
		if err := setTime(w.full(name), stamp); err != nil {
			return &fs.PathError{Op: "set the time of", Path: name, Err: err}
		}
	}
	return nil
}

// total adds up the sizes of a manifest's files.
func total(m *Manifest) (size int64) {
	for _, e := range m.Files {
		size += e.Size
	}
	return size
}
