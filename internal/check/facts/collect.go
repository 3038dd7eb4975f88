package facts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// Options of Collect.
type Options struct {
	Helper   *helper.Helper // runs the Python readers; nil: only Go reads binaries
	Reporter progress.Reporter
	Needles  []string // paths to look for besides Needles: the home directory, say
	NoPython bool     // leave the Python modules alone
	// Python reads the byte code of its own version; others are read by managed ones.
	Python *pydist.Dist

	Workers int           // 0: as many as there are processors
	Timeout time.Duration // for one binary and reader; 0: 60 s
	Memory  int           // MiB for one reader besides a multiple of the file; 0: 1024
}

func (o *Options) fill() {
	if o.Reporter == nil {
		o.Reporter = progress.Discard
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Memory == 0 {
		o.Memory = 1024
	}
}

// batchSize is how many bytes of files from an archive are looked at between two times
// that their binaries are read and removed from the disk.
const batchSize = 512 << 20

// Collect reads everything and fills the container. Call it once.
func (c *Container) Collect(ctx context.Context, opts Options) error {
	opts.fill()
	work, err := os.MkdirTemp("", "llgo-py-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	c.findLinks()
	r := &collector{Container: c, opts: &opts, dir: work}
	task := opts.Reporter.Phase("read "+filepath.Base(c.Path), len(c.Files))
	defer task.Done()
	for start := 0; start < len(c.Files); {
		end := r.batch(start)
		if err := r.collect(ctx, start, end); err != nil {
			return err
		}
		task.Step(end, "")
		start = end
	}
	c.describeDistributions()
	c.compareManifest()
	c.compareRecord()
	if err := r.modules(ctx); err != nil {
		return err
	}
	for _, note := range c.Notes {
		opts.Reporter.Note(c.Path + ": " + note)
	}
	return nil
}

// A collector fills a container.
type collector struct {
	*Container
	opts *Options
	dir  string // for binaries from archives, while they are read
}

// batch returns where the batch ends that begins at a file.
func (r *collector) batch(start int) int {
	var size int64
	for i := start; i < len(r.Files); i++ {
		if r.Files[i].Packed {
			size += r.Files[i].Size
		}
		if size > batchSize && i > start {
			return i
		}
	}
	return len(r.Files)
}

// collect reads some of the files.
func (r *collector) collect(ctx context.Context, start, end int) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(r.opts.Workers)
	damages := make([]string, end-start)
	binaries := make([]string, end-start) // their paths on this machine
	for i := start; i < end; i++ {
		if r.Files[i].open == nil {
			continue
		}
		group.Go(func() error {
			if err := inner.Err(); err != nil {
				return err
			}
			s := stream{file: &r.Files[i], spool: filepath.Join(r.dir, strconv.Itoa(i))}
			err := s.read(append(r.opts.Needles, Needles...))
			var local *os.PathError
			switch isLocal := errors.As(err, &local); {
			case isLocal && local.Path == s.spool: // this machine's trouble, not the file's
				return err
			case isLocal:
				damages[i-start] = local.Err.Error()
			case err != nil:
				damages[i-start] = err.Error()
			}
			binaries[i-start] = s.binary
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, text := range damages {
		if text != "" {
			r.damage(r.Files[start+i].Path, "cannot be read: %s", text)
		}
	}
	var sources []source
	for i, path := range binaries {
		if path != "" {
			sources = append(sources, source{&r.Files[start+i], path})
		}
	}
	err := r.readBinaries(ctx, sources)
	for _, s := range sources {
		if s.file.disk == "" {
			err = errors.Join(err, os.Remove(s.path))
		}
	}
	return err
}

// A stream is one pass over a file.
type stream struct {
	file   *File
	spool  string // where the file goes if it is a binary and not on the disk
	binary string // the path of a binary
}

// read hashes a file, looks for paths in it, and tells whether it is a binary.
func (s *stream) read(needles []string) error {
	in, err := s.file.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	sum, paths := sha256.New(), newScanner(needles)
	var out io.Writer = io.MultiWriter(sum, paths)
	if sniff(head) != "" {
		s.binary = s.file.disk
		if s.binary == "" {
			spool, err := os.OpenFile(s.spool, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return err
			}
			defer spool.Close()
			s.binary, out = s.spool, io.MultiWriter(sum, paths, spool)
		}
	}
	if _, err := out.Write(head); err != nil {
		return err
	}
	size, err := io.CopyBuffer(out, struct{ io.Reader }{in}, make([]byte, 256<<10))
	if err != nil {
		return err
	}
	if size += int64(n); size != s.file.Size {
		return fmt.Errorf("it is %d bytes long, not %d", size, s.file.Size)
	}
	s.file.SHA256, s.file.Mentions = hex.EncodeToString(sum.Sum(nil)), paths.result()
	return nil
}
