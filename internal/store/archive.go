package store

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// The archive of entries is a tar file (POSIX.1-2001: ustar, with pax records where a
// path is too long for that) of the very layout of a store:
//
//	entries/<id>/entry.json
//	objects/<hh>/<hash>-r|x      those of the entry that did not come before
//	entries/<id>/SHA256SUMS
//	entries/<id>/files/…         directories, hard links to objects, symbolic links
//
// entry by entry, those first that others were resolved against. Why: any tar unpacks
// it into a store, by hand and complete, with the links; each content is in it once; it
// can be read and verified as a stream. It is not compressed, so that equal contents
// stay equal bytes for whoever compresses or deduplicates archives (zstd --long, restic).
// Everything that differs from machine to machine (owner, time, modes) is fixed: equal
// entries give equal bytes.

// Export writes an archive of entries and of what they were resolved against.
func (s *Store) Export(ctx context.Context, w io.Writer, ids ...string) error {
	if err := s.Hold(ids...); err != nil {
		return err
	}
	entries, err := s.ordered(ids)
	if err != nil {
		return err
	}
	x := exporter{s, tar.NewWriter(w), map[string]bool{}}
	for _, e := range entries {
		if err := errors.Join(ctx.Err(), x.entry(e)); err != nil {
			return fmt.Errorf("cannot export %s: %w", e.ID(), err)
		}
	}
	return x.tar.Close()
}

// ordered returns entries and those they need, each after what it needs.
func (s *Store) ordered(ids []string) (list []*Entry, err error) {
	seen := map[string]bool{}
	var visit func(id string) error
	visit = func(id string) error {
		if seen[id] {
			return nil
		}
		seen[id] = true
		e, err := s.load(id)
		if err != nil {
			return err
		}
		for _, needed := range sortedValues(e.Resolved) {
			if err := visit(needed); err != nil {
				return err
			}
		}
		list = append(list, e)
		return nil
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if err := visit(id); err != nil {
			return nil, err
		}
	}
	return list, nil
}

type exporter struct {
	*Store
	tar  *tar.Writer
	done map[string]bool // objects
}

func (x *exporter) entry(e *Entry) error {
	dir := path.Join(entriesDir, e.ID())
	if err := x.text(path.Join(dir, entryFile), e.encode()); err != nil {
		return err
	}
	for i := range e.Files {
		if f := &e.Files[i]; f.Link == "" {
			if err := x.object(f); err != nil {
				return err
			}
		}
	}
	if err := x.text(path.Join(dir, sumsFile), objects.EncodeSums(e.sums())); err != nil {
		return err
	}
	for _, d := range e.directories() {
		h := &tar.Header{Name: path.Join(dir, filesDir, d) + "/", Mode: 0o555, Typeflag: tar.TypeDir}
		if err := x.header(h); err != nil {
			return err
		}
	}
	for i := range e.Files {
		f := &e.Files[i]
		h := &tar.Header{Name: path.Join(dir, filesDir, f.Path), Mode: 0o777, Typeflag: tar.TypeSymlink, Linkname: f.Link}
		if f.Link == "" {
			h.Mode, h.Typeflag, h.Linkname = mode(f), tar.TypeLink, objectName(f)
		}
		if err := x.header(h); err != nil {
			return err
		}
	}
	return nil
}

// directories are those of the tree, sorted; "." is the first.
func (e *Entry) directories() []string {
	seen := map[string]bool{".": true}
	for i := range e.Files {
		for dir := path.Dir(e.Files[i].Path); !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// objectName is the path of a content in an archive, as in a store.
func objectName(f *File) string {
	pool := objects.Pool{Dir: objectsDir}
	sum, _ := f.Object.bytes()
	return filepath.ToSlash(pool.Path(sum, f.Executable))
}

func mode(f *File) int64 { return int64(objects.Permissions(f.Executable)) }

func (x *exporter) header(h *tar.Header) error {
	h.ModTime = objects.Time
	return x.tar.WriteHeader(h)
}

func (x *exporter) text(name string, data []byte) error {
	if err := x.header(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o444, Size: int64(len(data))}); err != nil {
		return err
	}
	_, err := x.tar.Write(data)
	return err
}

// object writes a content, verified: what is damaged must not spread.
func (x *exporter) object(f *File) error {
	name := objectName(f)
	if x.done[name] {
		return nil
	}
	x.done[name] = true
	if err := x.header(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: mode(f), Size: f.Size}); err != nil {
		return err
	}
	return copyVerified(x.tar, f, x.OpenObject)
}

// OpenObject opens the content of a file in the store.
func (s *Store) OpenObject(f *File) (io.ReadCloser, error) {
	return os.Open(s.Object(f.Object, f.Executable))
}

// maxEntry limits entry.json in an archive, which is read into memory: a thousand files
// take a third of a megabyte.
const maxEntry = 256 << 20

// Import reads an archive of Export and returns the entries that it had. Nothing in it
// is believed: entries and contents are verified. An entry that is there already is
// repaired, and so is every other that has a content of it.
func (s *Store) Import(ctx context.Context, r io.Reader) (entries []*Entry, err error) {
	err = s.inSpool(ctx, func(work string) error {
		i := importer{Store: s, ctx: ctx, dir: filepath.Join(work, "incoming")}
		if err := os.Mkdir(i.dir, 0o700); err != nil {
			return err
		}
		whole := &tail{r: r}
		err := i.run(tar.NewReader(whole))
		if err == nil && whole.zeros < tarEnd {
			err = errors.New("the archive is cut off")
		}
		entries = i.entries
		return err
	})
	return entries, err
}

// importer reads one archive. The contents of an entry follow it.
type importer struct {
	*Store
	ctx     context.Context
	dir     string // of contents that were read
	entry   *Entry // nil before the first
	entries []*Entry
}

func (i *importer) run(r *tar.Reader) error {
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return i.finish()
		}
		if err != nil {
			return fmt.Errorf("no archive of entries, or damaged: %w", err)
		}
		if err := errors.Join(i.ctx.Err(), i.member(h, r)); err != nil {
			return err
		}
	}
}

// member takes entries and contents. The rest of an archive follows from these.
func (i *importer) member(h *tar.Header, r io.Reader) error {
	name := strings.TrimPrefix(path.Clean(h.Name), "./")
	dir, base := path.Split(name)
	switch {
	case h.Typeflag != tar.TypeReg:
		return nil
	case strings.HasPrefix(name, objectsDir+"/"):
		return i.object(base, r)
	case base == entryFile && strings.Count(dir, "/") == 2 && strings.HasPrefix(dir, entriesDir+"/"):
		if err := i.finish(); err != nil {
			return err
		}
		return i.begin(path.Base(dir), h.Size, r)
	}
	return nil
}

// begin reads what is known of an entry.
func (i *importer) begin(id string, size int64, r io.Reader) error {
	if size > maxEntry {
		return &DamagedError{id, "too large"}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	e, err := Decode(data)
	if err != nil {
		return &DamagedError{id, err.Error()}
	}
	if e.ID() != id {
		return &DamagedError{id, "another content than its name says"}
	}
	i.entry = e
	return nil
}

// object keeps a content until its entries are complete. Whether it is what its name
// says shows when it is taken.
func (i *importer) object(name string, r io.Reader) error {
	digits, _, _ := strings.Cut(name, "-")
	if _, ok := Hash(digits).bytes(); !ok {
		return fmt.Errorf("no archive of entries, or damaged: it has an object %q", name)
	}
	f, err := os.Create(filepath.Join(i.dir, digits))
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// finish puts the entry whose contents were read.
func (i *importer) finish() error {
	if i.entry == nil {
		return nil
	}
	e, err := i.Put(i.ctx, i.entry, func(f *File) (io.ReadCloser, error) {
		return os.Open(filepath.Join(i.dir, string(f.Object)))
	})
	if err != nil {
		return err
	}
	i.entry, i.entries = nil, append(i.entries, e)
	return nil
}

// tarEnd is how many zeros end a tar archive; archive/tar does not mind if they are
// missing, and an archive can be cut off where an entry ends.
const tarEnd = 2 * 512

// tail counts the zeros at the end of what was read.
type tail struct {
	r     io.Reader
	zeros int
}

func (t *tail) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	rest := bytes.TrimRight(p[:n], "\x00")
	if len(rest) > 0 {
		t.zeros = 0
	}
	t.zeros += n - len(rest)
	return n, err
}
