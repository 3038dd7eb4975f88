package source

import (
	"archive/zip"
	"context"
	"encoding/hex"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
	"github.com/llgo-pypack/llgo-pypack/internal/wheel"
)

// wheelSource is a wheel, which becomes one entry.
type wheelSource struct {
	scratch
	path    string
	options Options
}

func openWheel(name string, o Options) Source { return &wheelSource{path: name, options: o} }

// isWheel looks into the archive: a wheel has WHEEL in its .dist-info.
func isWheel(name string, file fs.FileInfo) bool {
	if file == nil || !file.Mode().IsRegular() {
		return false
	}
	archive, err := zip.OpenReader(name)
	if err != nil {
		return false
	}
	defer archive.Close()
	for _, f := range archive.File {
		if dir, rest, _ := strings.Cut(f.Name, "/"); rest == "WHEEL" && strings.HasSuffix(dir, ".dist-info") {
			return true
		}
	}
	return false
}

// Drafts implements Source.
func (s *wheelSource) Drafts(ctx context.Context) ([]store.Draft, error) {
	dir, err := s.make()
	if err != nil {
		return nil, err
	}
	sum, err := wheel.Hash(s.path)
	if err != nil {
		return nil, err
	}
	d, err := wheel.Unpack(ctx, s.path, filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	draft := distribution(d, filepath.Base(s.path), store.Hash(sum))
	s.options.apply(&draft.Entry)
	return []store.Draft{draft}, nil
}

// distribution is the draft of a distribution. A wheel that is known is its origin,
// whichever way it came here.
func distribution(d *wheel.Distribution, file string, sum store.Hash) store.Draft {
	draft := store.Draft{
		Entry: store.Entry{
			Name: pylock.Normalise(d.Name), Version: d.Version, Kind: store.KindDistribution, Licence: d.Licence,
			Origin: store.Origin{Kind: "wheel", Name: d.Name, Version: d.Version, Source: file, SHA256: sum},
		},
		Sources: make(map[string]string, len(d.Files)),
		Derive: func(e *store.Entry) (map[string][]byte, error) {
			name, text, err := wheel.Record(d.Info, recorded(e))
			return map[string][]byte{name: text}, err
		},
	}
	for _, f := range d.Files {
		draft.Sources[f.Path] = f.Source
	}
	return draft
}

// recorded is what RECORD says of an entry's files: their hashes in the store,
// where native files have other search paths than in the wheel.
func recorded(e *store.Entry) []wheel.Recorded {
	var all []wheel.Recorded
	for _, f := range e.Files {
		sum, err := hex.DecodeString(string(f.Object))
		if f.Link == "" && err == nil {
			all = append(all, wheel.Recorded{Path: f.Path, SHA256: sum, Size: f.Size})
		}
	}
	return all
}
