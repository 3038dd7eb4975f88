package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// Draft is an entry to be: what its source knows of it, and where its files are.
type Draft struct {
	// Entry needs a name, a version, a kind and an origin. Its Files need not list
	// anything but symbolic links (Path and Link) and files whose Executable is not
	// what the file on the disk says. What is Resolved stays so; the rest is found.
	Entry Entry
	// Sources leads from paths in the entry to files on the disk; symbolic links
	// there are followed.
	Sources map[string]string
	// Derive, where it is given, makes files that tell of the others: it is called when
	// the content of those is final, and returns contents by path. Nothing else may have
	// these paths.
	Derive func(e *Entry) (map[string][]byte, error)
}

// Add makes an entry and returns it, and keeps it from GC while this process runs.
// Native files get the search path that lets them be copied anywhere together (see
// relocate.go), are described, and what they need is looked for in the store. A draft
// of which nothing differs from an entry, in the same store, gives that entry. The
// sources are read, and never changed or moved.
//
// A failed Add leaves the store as it was.
func (s *Store) Add(ctx context.Context, d Draft) (*Entry, error) {
	e, err := d.plan()
	if err != nil {
		return nil, err
	}
	err = s.inSpool(ctx, func(work string) error { return s.add(ctx, e, d, work) })
	if err != nil {
		return nil, fmt.Errorf("%s,%s: %w", e.Name, e.Version, err)
	}
	return e, nil
}

// plan checks what can be checked without reading a file.
func (d Draft) plan() (*Entry, error) {
	e := d.Entry
	e.id = ""
	given := map[string]File{}
	for _, f := range d.Entry.Files {
		given[f.Path] = f
	}
	e.Files = nil
	for name, source := range d.Sources {
		info, err := os.Stat(source)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, e.invalid("%s is no regular file", source)
		}
		f := File{Path: name, Object: noContent, Size: info.Size(), Executable: info.Mode()&0o111 != 0}
		if g, ok := given[name]; ok {
			f.Executable = g.Executable
			delete(given, name)
		}
		e.Files = append(e.Files, f)
	}
	for _, f := range given {
		if f.Link == "" {
			return nil, e.invalid("%s has no source", f.Path)
		}
		e.Files = append(e.Files, File{Path: f.Path, Link: f.Link})
	}
	e.sort()
	if e.Kind == "" || e.Origin.Kind == "" {
		return nil, e.invalid("the kind or the origin of the entry is not said")
	}
	return &e, e.check()
}

// noContent stands for that of a file which was not read yet.
const noContent = Hash("0000000000000000000000000000000000000000000000000000000000000000")

func (e *Entry) sort() {
	slices.SortFunc(e.Files, func(a, b File) int { return compare(a.Path, b.Path) })
}

// add does it; work is a directory of its own. What takes long and depends on the
// sources alone comes before the lock.
func (s *Store) add(ctx context.Context, e *Entry, d Draft, work string) error {
	if err := e.readNatives(d.Sources); err != nil {
		return err
	}
	sources, err := e.namePrograms(d.Sources)
	if err != nil {
		return err
	}
	if sources, err = s.relocate(ctx, e, sources, work); err != nil {
		return err
	}
	if err := hashSources(e, sources); err != nil {
		return err
	}
	if sources, err = d.derive(e, sources, work); err != nil {
		return err
	}
	e.describe()
	return s.locked(ctx, func() error {
		if err := s.resolve(ctx, e); err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return err
		}
		return s.publish(ctx, e, work, func(f *File) (io.ReadCloser, error) { return os.Open(sources[f.Path]) })
	})
}

// Put takes an entry that is finished, from another store; it is kept from GC as by
// Add. open is called for each content that is not in the store, or is damaged there:
// that of other entries is repaired with it. *MissingError: it was resolved against an
// entry that is not there; put that first.
func (s *Store) Put(ctx context.Context, e *Entry, open func(*File) (io.ReadCloser, error)) (*Entry, error) {
	e, err := Decode(e.encode())
	if err != nil {
		return nil, err
	}
	err = s.inSpool(ctx, func(work string) error {
		return s.locked(ctx, func() error {
			if err := s.areThere(sortedValues(e.Resolved)); err != nil {
				return err
			}
			return s.publish(ctx, e, work, open)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.ID(), err)
	}
	return e, nil
}

// derive adds the files that the draft derives from the others.
func (d Draft) derive(e *Entry, sources map[string]string, work string) (map[string]string, error) {
	if d.Derive == nil {
		return sources, nil
	}
	derived, err := d.Derive(e)
	if err != nil {
		return nil, err
	}
	sources = maps.Clone(sources)
	for i, name := range slices.Sorted(maps.Keys(derived)) {
		if _, ok := sources[name]; ok {
			return nil, e.invalid("%s is derived, and has a source", name)
		}
		sources[name] = filepath.Join(work, fmt.Sprintf("derived-%d", i))
		if err := os.WriteFile(sources[name], derived[name], 0o600); err != nil {
			return nil, err
		}
		e.Files = append(e.Files, File{Path: name, Object: hashOf(derived[name]), Size: int64(len(derived[name]))})
	}
	e.sort()
	return sources, nil
}

// hashSources says what the files are.
func hashSources(e *Entry, sources map[string]string) error {
	return objects.Parallel(len(e.Files), func(i int) error {
		f := &e.Files[i]
		if f.Link != "" {
			return nil
		}
		sum, err := HashOfFile(sources[f.Path])
		if err != nil {
			return err
		}
		info, err := os.Stat(sources[f.Path])
		if err != nil {
			return err
		}
		f.Object, f.Size = sum, info.Size()
		return nil
	})
}

// publish brings the contents of a finished entry into the store, and then the entry.
// What has its name is it, as far as it is not damaged; that is repaired.
func (s *Store) publish(ctx context.Context, e *Entry, work string, open func(*File) (io.ReadCloser, error)) (err error) {
	defer func() {
		if err != nil { // what filled the disk was this
			_, _ = s.sweepObjects()
		}
	}()
	id := e.ID()
	replaced, err := s.obtain(ctx, e, work, open)
	if err != nil {
		return err
	}
	if err := s.mendUsers(replaced, work); err != nil {
		return err
	}
	if _, err := s.load(id); err == nil {
		if err := s.mend(e, work); err != nil {
			return err
		}
	} else if err := s.create(e, work); err != nil {
		return err
	}
	e.id = id
	return s.keep(id)
}

// obtain brings the contents of an entry into objects/, and returns which of them were
// there and damaged.
func (s *Store) obtain(ctx context.Context, e *Entry, work string, open func(*File) (io.ReadCloser, error)) (replaced []string, err error) {
	var contents []objects.Content
	for i := range e.Files {
		f := &e.Files[i]
		if f.Link != "" {
			continue
		}
		sum, _ := f.Object.bytes()
		contents = append(contents, objects.Content{
			Hash: sum, Size: f.Size, Executable: f.Executable,
			Copy: func(w io.Writer) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				return copyVerified(w, f, open)
			},
		})
	}
	dir := filepath.Join(work, "objects")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	obtained, err := s.pool().Obtain(dir, contents)
	return obtained.Replaced, err
}

// copyVerified copies the content of a file, which may have changed since it was
// hashed.
func copyVerified(w io.Writer, f *File, open func(*File) (io.ReadCloser, error)) error {
	r, err := open(f)
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, h), r); err != nil {
		return err
	}
	if Hash(hex.EncodeToString(h.Sum(nil))) != f.Object {
		return fmt.Errorf("the content of %s is not what it was said to be", f.Path)
	}
	return nil
}

// create makes the directory of an entry, and gives it its name when it is complete
// and on the disk. What has the name, and is damaged, goes.
func (s *Store) create(e *Entry, work string) error {
	dir := filepath.Join(work, "entry")
	if err := s.build(e, dir); err != nil {
		return err
	}
	s.fault("sync")
	if err := durable.Tree(s.dir); err != nil {
		return err
	}
	final := s.path(entriesDir, e.ID())
	s.fault("move old entry")
	if err := os.Rename(final, filepath.Join(work, "old")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.fault("rename entry")
	if err := os.Rename(dir, final); err != nil {
		return err
	}
	s.fault("sync entries")
	return durable.File(s.path(entriesDir))
}
