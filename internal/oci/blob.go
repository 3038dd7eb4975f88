package oci

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync/atomic"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// blob is something to push, a v1.Layer: what it is called is known before its bytes
// are asked for, and they are only if the registry lacks them.
type blob struct {
	mediaType types.MediaType
	digest    v1.Hash
	size      int64
	content   int64 // bytes, decompressed; -1 for what is not compressed
	make      func() ([]byte, error)
	sent      *atomic.Int64 // bytes that were asked for
}

func (b *blob) Digest() (v1.Hash, error)             { return b.digest, nil }
func (b *blob) Size() (int64, error)                 { return b.size, nil }
func (b *blob) MediaType() (types.MediaType, error)  { return b.mediaType, nil }
func (b *blob) DiffID() (v1.Hash, error)             { return v1.Hash{}, errors.New("an entry is no image") }
func (b *blob) Uncompressed() (io.ReadCloser, error) { return nil, errors.New("an entry is no image") }
func (b *blob) Compressed() (io.ReadCloser, error) {
	data, err := b.make()
	if err != nil {
		return nil, err
	}
	return &counted{bytes.NewReader(data), b.sent}, nil
}

func (b *blob) descriptor() v1.Descriptor {
	d := v1.Descriptor{MediaType: b.mediaType, Digest: b.digest, Size: b.size}
	if b.content >= 0 {
		d.Annotations = map[string]string{sizeKey: strconv.FormatInt(b.content, 10)}
	}
	return d
}

// counted counts what is read of a blob.
type counted struct {
	*bytes.Reader
	n *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// WriteTo is for io.Copy, which would find the one of bytes.Reader.
func (c *counted) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

func (c *counted) Close() error { return nil }

// plainBlob is a blob of bytes as they are.
func plainBlob(mediaType types.MediaType, data []byte, sent *atomic.Int64) *blob {
	return &blob{
		mediaType: mediaType, digest: digestOf(data), size: int64(len(data)), content: -1,
		make: func() ([]byte, error) { return data, nil }, sent: sent,
	}
}

func digestOf(data []byte) v1.Hash {
	sum := sha256.Sum256(data)
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum[:])}
}

// packer makes the layers of an entry.
type packer struct {
	store *store.Store
	kept  *kept.Store
	sent  *atomic.Int64
}

// compression names everything that decides the bytes of a layer: klauspost's encoder,
// whose output may change with its version. Its best level is 8 % smaller than the
// default one, on numpy, and takes a second for ten megabytes on one processor; libzstd
// gains 3 % more and takes half a minute, which is for what is distributed.
const compression = "klauspost/compress 1.17.9 best"

// layer makes a piece a blob. What its digest is was noted if it was ever compressed
// here; then that is not done again unless the registry turns out to lack it.
func (p *packer) layer(part piece) (*blob, error) {
	id := [][]byte{[]byte(compression), fmt.Append(nil, part.start-part.contents[0].start, part.size)}
	for _, c := range part.contents {
		id = append(id, []byte(c.hash))
	}
	key := kept.NewKey("oci layer", id...)
	b := &blob{mediaType: contentsType, content: part.size, sent: p.sent}
	b.make = func() ([]byte, error) {
		data, err := p.compress(part)
		if err == nil && digestOf(data) != b.digest {
			err = fmt.Errorf("%s is not compressed to what it was the last time", part.contents[0].path)
		}
		return data, err
	}
	if note, ok := p.noted(key); ok {
		b.digest, b.size = note.Digest, note.Size
		return b, nil
	}
	data, err := p.compress(part)
	if err != nil {
		return nil, err
	}
	b.digest, b.size = digestOf(data), int64(len(data))
	line, err := json.Marshal(note{b.digest, b.size})
	if err != nil {
		return nil, err
	}
	return b, p.kept.KeepBytes(key, line)
}

// note is what is remembered of a layer.
type note struct {
	Digest v1.Hash
	Size   int64
}

func (p *packer) noted(key kept.Key) (n note, ok bool) {
	data, ok := p.kept.Bytes(key)
	return n, ok && json.Unmarshal(data, &n) == nil
}

// compress reads a piece from the store and compresses it. A content that is not what
// its name says is not passed on.
func (p *packer) compress(part piece) ([]byte, error) {
	var data bytes.Buffer
	data.Grow(int(part.size))
	for i := range part.contents {
		if err := p.copy(&data, &part.contents[i], part.span); err != nil {
			return nil, err
		}
	}
	if int64(data.Len()) != part.size {
		return nil, p.damaged(&part.contents[0])
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer encoder.Close()
	return encoder.EncodeAll(data.Bytes(), nil), nil
}

// copy writes what a piece has of a content. A whole one is verified on the way; the
// parts of a large one were when the push began (see Push).
func (p *packer) copy(w io.Writer, c *content, of span) error {
	f, err := os.Open(p.store.Object(c.hash, c.executable))
	if errors.Is(err, os.ErrNotExist) {
		return p.damaged(c)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	from := max(of.start, c.start) - c.start
	size := min(of.end(), c.end()) - c.start - from
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, hash), io.NewSectionReader(f, from, size))
	if err != nil {
		return err
	}
	if n != size || size == c.size && hex.EncodeToString(hash.Sum(nil)) != string(c.hash) {
		return p.damaged(c)
	}
	return nil
}

func (p *packer) damaged(c *content) error {
	return damaged(p.store, c)
}

func damaged(s *store.Store, c *content) error {
	return &Error{
		Text: fmt.Sprintf("%s is not as it was added to the store: %s", c.path, s.Object(c.hash, c.executable)),
		Next: "llgo py store verify",
	}
}
