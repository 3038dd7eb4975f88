//go:build !llgopy

package payload

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
)

// A Level says how hard to compress. Extraction is about as fast for each.
type Level int

// The levels of the encoder, which are about 1, 3, 7 and 11 of the zstd program, and
// none.
const (
	Best Level = iota
	Better
	Default
	Fastest
	Stored
)

func (l Level) encoder() (*zstd.Encoder, error) {
	levels := [...]zstd.EncoderLevel{
		zstd.SpeedBestCompression, zstd.SpeedBetterCompression, zstd.SpeedDefault, zstd.SpeedFastest,
	}
	if l == Stored {
		return nil, nil
	}
	if l < 0 || int(l) >= len(levels) {
		return nil, fmt.Errorf("no level %d of compression", int(l))
	}
	// One encoder for each processor, without goroutines of its own. No sums: the
	// archive has two.
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(levels[l]), zstd.WithWindowSize(windowSize),
		zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
}

// sums are what is known of a content once it was read.
type sums struct {
	size int64
	crc  uint32
	hash [32]byte
}

// packed is an entry that waits for its turn to be written.
type packed struct {
	sums
	method uint16
	packed int64  // size of the compressed data
	spool  *spool // has it; empty if the method is stored, or if there was a frame
}

// newWorker returns what packs one entry after the other, with an encoder of its own.
func (out *writer) newWorker(ctx context.Context) (worker, error) {
	z, err := out.opts.Level.encoder()
	return func(i int) (*packed, error) {
		p := &packed{spool: &spool{dir: out.opts.TempDir}}
		err := p.pack(ctx, z, &out.sources[i])
		if err != nil {
			p.spool.close()
		}
		return p, err
	}, err
}

// pack compresses a source into the spool, and empties the spool if that was no use.
func (p *packed) pack(ctx context.Context, z *zstd.Encoder, s *Source) (err error) {
	switch {
	case !s.Mode.IsRegular():
		p.crc = crc32.ChecksumIEEE([]byte(s.Target))
		return nil
	case s.Frame != nil && s.Frame.Packed < s.Frame.Size:
		p.sums = sums{s.Frame.Size, s.Frame.CRC, s.Frame.Hash}
		p.method, p.packed = zstded, s.Frame.Packed
		return nil
	case z == nil || s.Frame != nil:
		p.sums, err = readSource(ctx, s, io.Discard)
		return err
	}
	z.Reset(p.spool)
	p.sums, err = readSource(ctx, s, z)
	if closing := z.Close(); err == nil && closing != nil {
		err = fmt.Errorf("%s: %w", quote(s.Path), closing)
	}
	if err != nil {
		return err
	}
	if p.spool.size < p.size {
		p.method, p.packed = zstded, p.spool.size
		return nil
	}
	return p.spool.reset()
}

// readSource copies the content of a source to w and returns its sums.
func readSource(ctx context.Context, s *Source, w io.Writer) (sum sums, err error) {
	hash, crc := sha256.New(), crc32.NewIEEE()
	sum.size, err = copyFrom(ctx, s.Open, io.MultiWriter(w, crc, hash))
	if err != nil {
		return sum, fmt.Errorf("%s: %w", quote(s.Path), err)
	}
	sum.crc = crc.Sum32()
	hash.Sum(sum.hash[:0])
	return sum, nil
}

// copyFrom copies what open opens to w.
func copyFrom(ctx context.Context, open func() (io.ReadCloser, error), w io.Writer) (n int64, err error) {
	r, err := open()
	if err != nil {
		return 0, err
	}
	n, err = objects.Copy(w, &cancelled{ctx, r})
	return n, errors.Join(err, r.Close())
}

// cancelled reads until its context is done.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelled) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}
