//go:build !llgopy

package payload

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// A Source is an entry that is to be written.
type Source struct {
	// Path, Mode and Target are as in Entry. Of the modes of links and directories
	// only the type counts.
	Path   string
	Mode   fs.FileMode
	Target string
	// Open opens the content of a file. It is called from several goroutines, and
	// again for contents that turn out not to shrink. Unused for others.
	Open func() (io.ReadCloser, error)
	// File is where the content is, if it is a file, and Size how large it was when the
	// source was made. Write does not look at them.
	File string
	Size int64
	// Sum is the SHA-256 that the content has to have, nil for any: Write fails if it has
	// another.
	Sum *[32]byte
	// Frame is the content compressed by someone else, nil to have Write do that.
	Frame *Frame
}

// A Frame is a content as one zstd frame whose window is not larger than [WindowLog]
// says. Write believes what is said of the content.
type Frame struct {
	Size   int64    // of the content
	CRC    uint32   // of the content
	Hash   [32]byte // SHA-256 of the content
	Packed int64    // size of the frame
	Open   func() (io.ReadCloser, error)
}

// Options change how a payload is written, not what it is: the id is that of the tree.
type Options struct {
	// Level is how hard to compress. The zero value is Best.
	Level Level
	// TempDir is where compressed entries wait for their turn that are too large for
	// memory, as files without a name. "" is the system's.
	TempDir string
	// Progress, if not nil, is called after each entry, from one goroutine.
	Progress func(done, total int, path string)
}

// Write writes the payload of a tree to w and returns its id. The same sources and
// level give the same bytes, whatever their order and the number of processors. It
// compresses with all processors, and needs a few megabytes of memory for each,
// whatever the size of the files. After an error what was written is not to be used.
func Write(ctx context.Context, w io.Writer, sources []Source, opts Options) (id [32]byte, err error) {
	sources = slices.Clone(sources)
	slices.SortFunc(sources, func(a, b Source) int { return strings.Compare(a.Path, b.Path) })
	entries := make([]Entry, len(sources))
	for i := range sources {
		entries[i] = sources[i].entry()
	}
	if err := checkTree(entries); err != nil {
		return id, fmt.Errorf("packing: %w", err)
	}
	if err := checkOpen(sources); err != nil {
		return id, fmt.Errorf("packing: %w", err)
	}
	out := &writer{w: bufio.NewWriterSize(w, 256<<10), entries: entries, sources: sources, opts: &opts}
	if err := out.writeEntries(ctx); err != nil {
		return id, fmt.Errorf("packing: %w", err)
	}
	return out.finish()
}

// entry returns what is known before the content is read.
func (s *Source) entry() Entry {
	e := Entry{Path: s.Path, Mode: s.Mode, Target: s.Target}
	switch s.Mode.Type() {
	case fs.ModeSymlink:
		e.Mode = linkMode
	case fs.ModeDir:
		e.Mode = dirMode
	}
	return e
}

func checkOpen(sources []Source) error {
	for i := range sources {
		s := &sources[i]
		switch {
		case s.Mode.IsRegular() && s.Open == nil:
			return fmt.Errorf("%s: no content", quote(s.Path))
		case s.Mode.Type() != fs.ModeSymlink && s.Target != "":
			return bad(ErrLink, s.Path, "a target, and no link")
		}
	}
	return nil
}

// A writer writes one payload, from one goroutine.
type writer struct {
	w       *bufio.Writer
	at      int64 // offset of what is written next
	entries []Entry
	sources []Source
	places  []place
	opts    *Options
}

func (out *writer) Write(b []byte) (int, error) {
	n, err := out.w.Write(b)
	out.at += int64(n)
	return n, err
}

// writeEntries writes the data of all entries, in order.
func (out *writer) writeEntries(ctx context.Context) error {
	return inOrder(ctx, len(out.sources), out.newWorker, func(i int, p *packed) error {
		defer p.spool.close()
		e := &out.entries[i]
		e.Size, e.Hash = p.size, p.hash
		if sum := out.sources[i].Sum; sum != nil && *sum != e.Hash {
			return fmt.Errorf("%s changes while it is packed", quote(e.Path))
		}
		at := placeOf(e)
		at.crc, at.method, at.packed, at.offset = p.crc, p.method, p.packed, out.at
		if p.method == stored {
			at.packed = at.size
		}
		out.places = append(out.places, at)
		if _, err := out.Write(at.appendHeader(nil)); err != nil {
			return err
		}
		if err := out.writeData(ctx, i, p); err != nil {
			return err
		}
		if out.opts.Progress != nil {
			out.opts.Progress(i+1, len(out.sources), e.Path)
		}
		return nil
	})
}

// writeData writes what was compressed, or the content itself.
func (out *writer) writeData(ctx context.Context, i int, p *packed) error {
	s, e := &out.sources[i], &out.entries[i]
	switch {
	case p.method == zstded && s.Frame != nil:
		return s.Frame.writeTo(ctx, out)
	case p.method == zstded:
		return p.spool.writeTo(out)
	case e.Mode.Type() == fs.ModeSymlink:
		_, err := io.WriteString(out, e.Target)
		return err
	case e.Size == 0:
		return nil
	}
	sum, err := readSource(ctx, s, out)
	if err == nil && (sum.hash != e.Hash || sum.size != e.Size) {
		err = fmt.Errorf("%s changes while it is packed", quote(s.Path))
	}
	return err
}

// writeTo copies the frame.
func (f *Frame) writeTo(ctx context.Context, w io.Writer) error {
	n, err := copyFrom(ctx, f.Open, w)
	if err == nil && n != f.Packed {
		err = fmt.Errorf("a compressed content of %d bytes has %d", f.Packed, n)
	}
	return err
}

// finish writes the index, the directory and the end.
func (out *writer) finish() (id [32]byte, err error) {
	index := encodeIndex(out.entries)
	id = sha256.Sum256(index)
	at := indexPlace(int64(len(index)))
	at.offset, at.packed, at.crc = out.at, at.size, crc32.ChecksumIEEE(index)
	start := at.end()
	directory := at.appendRecord(nil)
	for i := range out.places {
		directory = out.places[i].appendRecord(directory)
	}
	end := start + int64(len(directory))
	if end-at.offset > maxListing {
		return id, errors.New("packing: too many files")
	}
	for _, b := range [][]byte{
		at.appendHeader(nil), index, directory,
		appendEnd(nil, len(out.places)+1, start, end, id),
	} {
		if _, err := out.Write(b); err != nil {
			return id, fmt.Errorf("packing: %w", err)
		}
	}
	if err := out.w.Flush(); err != nil {
		return id, fmt.Errorf("packing: %w", err)
	}
	return id, nil
}
