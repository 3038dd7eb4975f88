//go:build linux || darwin

package unpack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

var _ Payload = (*payload.Reader)(nil)

// pack makes a real payload of a sample.
func pack(t testing.TB, m *memory) []byte {
	t.Helper()
	var sources []payload.Source
	for i, e := range m.entries {
		data := m.data[i]
		sources = append(sources, payload.Source{Path: e.Path, Mode: e.Mode, Target: e.Target,
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	}
	var b bytes.Buffer
	_, err := payload.Write(context.Background(), &b, sources, payload.Options{})
	must(t, err)
	return b.Bytes()
}

func ensureArchive(t testing.TB, archive []byte) (string, error) {
	t.Helper()
	return EnsureArchive(bytes.NewReader(archive), int64(len(archive)))
}

func TestRealPayload(t *testing.T) {
	setCache(t, t.TempDir())
	m := sample(40, 30_000, 1)
	archive := pack(t, m)
	for i := 0; i < 2; i++ {
		dir, err := ensureArchive(t, archive)
		must(t, err)
		check(t, dir, m)
	}
}

// A payload with a changed byte gives an error of its own and no tree, wherever the
// byte is: but for the few that nothing is made from (the target of a link, which
// the index has as well), and then the tree is right.
func TestRealDamagedPayload(t *testing.T) {
	m := sample(4, 1000, 1)
	archive := pack(t, m)
	refused := 0
	for at := 0; at < len(archive)-150; at += 41 { // the end holds the id
		cache := t.TempDir()
		setCache(t, cache)
		damaged := bytes.Clone(archive)
		damaged[at] ^= 1
		dir, err := ensureArchive(t, damaged)
		if err == nil {
			check(t, dir, m)
			continue
		}
		var bad *payload.Error
		if !errors.As(err, &bad) {
			t.Errorf("byte %d: %v", at, err)
		}
		if trees, err := List(cache); len(trees) != 0 || err != nil {
			t.Errorf("byte %d: trees %+v, %v", at, trees, err)
		}
		if _, err := os.Stat(cache + "/onefile"); err == nil {
			clean(t, cache)
		}
		refused++
	}
	if refused < 100 {
		t.Errorf("only %d changes were noticed", refused)
	}
}
