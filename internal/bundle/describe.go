package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
)

// Describe says what Write would write, its manifest above all. Sources are read, but
// for those whose sums are in the input, and nothing is written: Dir and Program are "".
func (p *Plan) Describe(ctx context.Context) (*Result, error) {
	m := p.manifest
	m.Files = make([]Entry, len(p.items))
	err := parallel.Each(ctx, len(m.Files), func(i int) (err error) {
		m.Files[i], err = p.items[i].describe(p.sums)
		return err
	})
	if err != nil {
		return nil, err
	}
	data, err := m.encode()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return &Result{
		Files: len(m.Files) + 1, Size: total(&m) + int64(len(data)), Manifest: &m, ManifestSHA256: hex.EncodeToString(sum[:]),
	}, nil
}

// describe returns the entry of an item with size and sum.
func (it *item) describe(sums map[string]string) (Entry, error) {
	e := it.Entry
	if it.Kind == Symlink {
		return e, nil
	}
	if sum, known := sums[it.source]; known && it.source != "" {
		info, err := os.Stat(it.source)
		if err != nil {
			return e, err
		}
		e.Size, e.SHA256 = info.Size(), sum
		return e, nil
	}
	src, err := it.open()
	if err != nil {
		return e, err
	}
	defer src.Close()
	sum := sha256.New()
	size, err := objects.Copy(sum, src)
	if err != nil {
		return e, fmt.Errorf("%s: %w", it.Path, err)
	}
	e.Size, e.SHA256 = size, hex.EncodeToString(sum.Sum(nil))
	return e, nil
}

// open opens the content of an item that is a file.
func (it *item) open() (io.ReadCloser, error) {
	if it.source == "" {
		return io.NopCloser(bytes.NewReader(it.data)), nil
	}
	return os.Open(it.source)
}
