package frames

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/payload"
)

// counting stands in for pyhelper, whose own tests show that libzstd compresses: it
// makes frames with another encoder, and remembers of what.
type counting struct {
	t      *testing.T
	id     string
	fail   error
	counts map[string]int // by content
}

func (c *counting) CompressorID() (string, error) { return c.id, nil }

func (c *counting) Compress(_ context.Context, req helper.CompressRequest) error {
	z, err := zstd.NewWriter(nil, zstd.WithWindowSize(1<<req.WindowLog))
	if err != nil {
		return err
	}
	for _, job := range req.Jobs {
		data, err := os.ReadFile(job.Source)
		if err != nil {
			return err
		}
		c.counts[string(data[:4])]++
		if err := os.WriteFile(job.Output, z.EncodeAll(data, nil), 0o600); err != nil {
			return err
		}
	}
	return c.fail
}

func setup(t *testing.T) (*counting, []payload.Source) {
	t.Helper()
	t.Setenv("LLGO_PY_CACHE", t.TempDir())
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "aaaa", "same": "aaaa", "b": "bbbb", "small": "c---"} {
		text = strings.Repeat(text, Small/4)
		if name == "small" {
			text = text[:Small-1]
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	sources, err := payload.FromDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &counting{t: t, id: "1", counts: map[string]int{}}, sources
}

// archive writes the sources and returns the archive, which holds what they hold.
func archive(t *testing.T, sources []payload.Source) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := payload.Write(t.Context(), &out, sources, payload.Options{}); err != nil {
		t.Fatal(err)
	}
	r, err := payload.Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range r.Entries() {
		var content bytes.Buffer
		if err := r.Copy(i, &content); err != nil {
			t.Fatalf("%s: %v", e.Path, err)
		}
		if e.Mode.IsRegular() && sha256.Sum256(content.Bytes()) != e.Hash {
			t.Errorf("%s has another content", e.Path)
		}
	}
	return out.Bytes()
}

// TestOnce: each content is compressed once, ever, and the archive is the same
// whether it was just now or not.
func TestOnce(t *testing.T) {
	c, sources := setup(t)
	var first []byte
	for _, when := range []string{"first", "again"} {
		for i := range sources {
			sources[i].Frame = nil
		}
		if err := Add(t.Context(), Encoder{c, Best}, sources, t.TempDir()); err != nil {
			t.Fatal(err)
		}
		got := archive(t, sources)
		if when == "again" && !bytes.Equal(got, first) {
			t.Error("the archive differs when the frames were kept")
		}
		first = got
		if c.counts["aaaa"] != 1 || c.counts["bbbb"] != 1 || c.counts["c---"] != 0 {
			t.Errorf("%s: compressed %v, want each once, and what is small where it is packed", when, c.counts)
		}
	}
	c.id = "2"
	if err := Add(t.Context(), Encoder{c, Best}, sources, t.TempDir()); err != nil || c.counts["aaaa"] != 2 {
		t.Errorf("another compressor: %v, compressed %v, want a second time", err, c.counts)
	}
	if err := Add(t.Context(), Encoder{c, Fast}, sources, t.TempDir()); err != nil || c.counts["aaaa"] != 3 {
		t.Errorf("another level: %v, compressed %v, want a third time", err, c.counts)
	}
	if err := Add(t.Context(), Encoder{c, Good}, sources, t.TempDir()); err != nil || c.counts["aaaa"] != 4 {
		t.Errorf("other parameters of a level: %v, compressed %v, want a fourth time", err, c.counts)
	}
}

// TestSmallOnes: whatever the number of small contents, no compressor is asked, nothing
// kept, and they are compressed as well where they are packed.
func TestSmallOnes(t *testing.T) {
	t.Setenv("LLGO_PY_CACHE", t.TempDir())
	dir := t.TempDir()
	for i := range 300 {
		text := strings.Repeat(fmt.Sprintf("%d ", i), 500)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sources, err := payload.FromDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	e := Encoder{&counting{t: t, id: "1", fail: errors.New("asked")}, Good}
	if err := Add(t.Context(), e, sources, filepath.Join(dir, "none")); err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob(filepath.Join(os.Getenv("LLGO_PY_CACHE"), "steps", "??", "*"))
	if err != nil || len(kept) > 0 {
		t.Errorf("%d files kept, %v", len(kept), err)
	}
	var size int64
	for _, s := range sources {
		size += s.Size
	}
	if got := len(archive(t, sources)); int64(got) > size/4 {
		t.Errorf("an archive of %d bytes, of %d", got, size)
	}
}

// TestFailure: what a compressor wrote that failed is not kept.
func TestFailure(t *testing.T) {
	c, sources := setup(t)
	c.fail = errors.New("out of ideas")
	work := t.TempDir()
	if err := Add(t.Context(), Encoder{c, Best}, sources, work); !errors.Is(err, c.fail) {
		t.Fatalf("Add = %v, want %v", err, c.fail)
	}
	c.fail = nil
	if err := Add(t.Context(), Encoder{c, Best}, sources, t.TempDir()); err != nil || c.counts["bbbb"] != 2 {
		t.Errorf("after a failure: %v, compressed %v, want again", err, c.counts)
	}
}

// TestAhead: what was compressed ahead is not compressed again.
func TestAhead(t *testing.T) {
	c, sources := setup(t)
	var files []string
	for _, s := range sources {
		if s.File != "" && filepath.Base(s.File) != "b" {
			files = append(files, s.File)
		}
	}
	if err := Ahead(t.Context(), Encoder{c, Best}, files, nil, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if c.counts["aaaa"] != 1 || c.counts["bbbb"] != 0 {
		t.Errorf("compressed ahead: %v", c.counts)
	}
	if err := Add(t.Context(), Encoder{c, Best}, sources, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if c.counts["aaaa"] != 1 || c.counts["bbbb"] != 1 {
		t.Errorf("compressed: %v", c.counts)
	}
	archive(t, sources)
}

// TestAheadBySum: a file is not even read whose sum is known and whose frame is kept; at
// another level it is.
func TestAheadBySum(t *testing.T) {
	c, sources := setup(t)
	e := Encoder{c, Best}
	if err := Add(t.Context(), e, sources, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	sum := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	known, gone := sum(strings.Repeat("aaaa", Small/4)), "/nonexistent/a"
	if err := Ahead(t.Context(), e, []string{gone}, map[string]string{gone: known}, t.TempDir()); err != nil {
		t.Error(err)
	}
	for name, test := range map[string]struct {
		e   Encoder
		sum string
	}{"level": {Encoder{c, Fast}, known}, "content": {e, sum("another")}, "no sum": {e, known[:63] + "x"}, "short": {e, known[:62]}} {
		if there, err := Kept(test.e, test.sum); there || err != nil {
			t.Errorf("another %s: %v %v", name, there, err)
		}
		if err := Ahead(t.Context(), test.e, []string{gone}, map[string]string{gone: test.sum}, t.TempDir()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("another %s: %v", name, err)
		}
	}
}
