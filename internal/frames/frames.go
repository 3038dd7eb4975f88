// Package frames compresses what goes into a payload, once: a content that is not small
// and was compressed before, for whatever program, is taken from the store of build steps.
//
// That is what makes libzstd's harder levels affordable. The curve, of all 73.8 MB that a
// program with numpy has, processor time as part of what Best takes, half a minute:
//
//	level 9: Fast                                        21.8 MB   0.04
//	Good                                                 21.0      0.3
//	as Good, with the tables of level 18                 20.7      0.4
//	and strategy btultra, search 3, target 32            20.0      0.65
//	level 18: Best                                       19.6      1
//	level 19                                             19.5      1.2
//
// From 18 on libzstd looks for matches of three bytes, which is most of what code gains.
// Good does so as well, but searches a sixteenth as long; level 17, without, leaves as
// much and takes half as long again. Good's tables are small enough for the processor's
// caches, which makes up for what is not found in them.
//
// Text and byte code gain little of that, and more from a longer look back with large
// tables: strategy btlazy2 takes half of btopt's time and leaves 0.6 % less of the module
// file, 5 % less of sources. (Of fonts it leaves 6 % more, of libpython as well.)
package frames

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/modules"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// Compressor makes frames. *helper.Helper is one.
type Compressor interface {
	Compress(context.Context, helper.CompressRequest) error
	// CompressorID changes with whatever changes the bytes of a frame.
	CompressorID() (string, error)
}

// What to spend; see the curve above.
var (
	Best = helper.Effort{Level: 18}
	Good = helper.Effort{
		Level: 18,
		Tuned: map[string]int{"strategy": btOpt, "search_log": 2, "target_length": 16, "chain_log": 18, "hash_log": 20},
		Text:  map[string]int{"strategy": btLazy2, "search_log": 3, "target_length": 32, "chain_log": 20, "hash_log": 20, "min_match": 4},
	}
	Fast = helper.Effort{Level: 9}
)

// libzstd's numbers of strategies (zstd.h).
const (
	btLazy2 = 6 // looks at the next two places for a longer match
	btOpt   = 7 // weighs its matches in one pass
)

// Encoder is a compressor that tries so hard.
type Encoder struct {
	Compressor
	Effort helper.Effort
}

// ID changes with whatever changes the bytes of a frame.
func (e Encoder) ID() (string, error) {
	id, err := e.CompressorID()
	return fmt.Sprintf("%s level %d window %d tuned %v text %v", id, e.Effort.Level, payload.WindowLog, e.Effort.Tuned, e.Effort.Text), err // sorted by name
}

// Small is the size of a content, in bytes, below which it has no frame here. To look in
// the store, to ask a compressor and to keep what it made are a dozen system calls and two
// files for each: of 30,000 files they took ten times as long as compressing them where
// they are packed.
const Small = 16 << 10

// Level is for contents that are compressed where they are packed. Their encoder makes
// a twentieth more of small ones, or with Best's effort an eightieth.
func (e Encoder) Level() payload.Level {
	if e.Effort.Level >= Best.Level && len(e.Effort.Tuned) == 0 {
		return payload.Best
	}
	return payload.Better
}

// Add gives every source that is a file, and not small, its frame. The work directory
// must exist until the sources are written.
func Add(ctx context.Context, e Encoder, sources []payload.Source, work string) error {
	files := make([]string, len(sources))
	for i, s := range sources {
		if s.Size >= Small {
			files[i] = s.File
		}
	}
	a, err := compressed(ctx, e, files, work)
	if err != nil {
		return err
	}
	for i := range sources {
		if content := a.contents[i]; content != nil {
			sources[i].Frame = a.frames[content.Hash]
		}
	}
	return nil
}

// Ahead compresses files that will be needed, so that a later Add finds their frames.
// sums are the SHA-256 of files where they are known: those whose frames are there are
// not read. No other call may use the same work directory meanwhile.
func Ahead(ctx context.Context, e Encoder, files []string, sums map[string]string, work string) error {
	var missing []string
	for _, file := range files {
		if there, err := Kept(e, sums[file]); err != nil {
			return err
		} else if !there {
			missing = append(missing, file)
		}
	}
	_, err := compressed(ctx, e, missing, work)
	return err
}

// Kept reports whether there is a frame of the content with that SHA-256, in hexadecimal;
// there is none of an unknown one, "".
func Kept(e Encoder, sum string) (bool, error) {
	var c content
	if n, err := hex.Decode(c.Hash[:], []byte(sum)); err != nil || n != len(c.Hash) {
		return false, nil
	}
	store, err := kept.Open()
	if err != nil {
		return false, err
	}
	id, err := e.ID()
	a := &adder{id: id}
	return err == nil && store.Has(a.key(&c)), err
}

// compressed finds or makes the frames of files; "" is none.
func compressed(ctx context.Context, e Encoder, files []string, work string) (*adder, error) {
	store, err := kept.Open()
	if err != nil {
		return nil, err
	}
	id, err := e.ID()
	if err != nil {
		return nil, err
	}
	a := &adder{store: store, id: id, work: work}
	if a.contents, err = contentsOf(ctx, files); err != nil {
		return nil, err
	}
	return a, a.compress(ctx, e)
}

// content is a source's, and what a frame says of it.
type content struct {
	payload.Frame
	file string
}

// adder is one call of Add.
type adder struct {
	store    *kept.Store
	id       string
	work     string
	contents []*content // one for each file, nil where there is none
	frames   map[[32]byte]*payload.Frame
}

// contentsOf reads all files, with all processors.
func contentsOf(ctx context.Context, files []string) ([]*content, error) {
	contents := make([]*content, len(files))
	err := parallel.Each(ctx, len(files), func(i int) (err error) {
		if files[i] != "" {
			contents[i], err = readContent(files[i])
		}
		return err
	})
	return contents, err
}

func readContent(file string) (*content, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	hash, crc := sha256.New(), crc32.NewIEEE()
	size, err := objects.Copy(io.MultiWriter(hash, crc), f)
	if err != nil {
		return nil, err
	}
	return &content{payload.Frame{Size: size, CRC: crc.Sum32(), Hash: [32]byte(hash.Sum(nil))}, file}, nil
}

// compress finds the frames of all contents, and has those made that are missing.
func (a *adder) compress(ctx context.Context, e Encoder) error {
	a.frames = map[[32]byte]*payload.Frame{}
	var jobs []helper.CompressJob
	var missing []*content
	for _, content := range a.contents {
		if content == nil || a.frames[content.Hash] != nil {
			continue
		}
		a.frames[content.Hash] = &content.Frame
		if frame, ok := a.store.File(a.key(content)); ok {
			content.set(frame)
			continue
		}
		jobs = append(jobs, helper.CompressJob{Source: content.file, Output: filepath.Join(a.work, "frame"+strconv.Itoa(len(jobs)))})
		missing = append(missing, content)
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := e.Compress(ctx, helper.CompressRequest{Jobs: jobs, Effort: e.Effort, WindowLog: payload.WindowLog, AsText: []string{modules.Magic}}); err != nil {
		return err
	}
	for i, content := range missing {
		frame, err := a.store.KeepFile(a.key(content), jobs[i].Output)
		if err != nil {
			return fmt.Errorf("cannot keep a compressed content: %w", err)
		}
		content.set(frame)
		if err := os.Remove(jobs[i].Output); err != nil {
			return err
		}
	}
	return nil
}

func (a *adder) key(c *content) kept.Key {
	return kept.NewKey("frame", []byte(a.id), c.Hash[:])
}

// set says where the frame is.
func (c *content) set(frame kept.Result) {
	c.Packed = frame.Size
	c.Open = func() (io.ReadCloser, error) { return os.Open(frame.Path) }
}
