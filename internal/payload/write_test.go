package payload

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestWriteError: the disk fills up at any point.
func TestWriteError(t *testing.T) {
	sources, _ := sample()
	data, _ := write(t, sources, Options{Level: Fastest})
	for room := 0; room < len(data); room += 101 {
		if _, err := Write(t.Context(), &full{room}, sources, Options{Level: Fastest}); !errors.Is(err, errDisk) {
			t.Fatalf("with room for %d of %d bytes: %v", room, len(data), err)
		}
	}
	if _, err := Write(t.Context(), &full{len(data)}, sources, Options{Level: Fastest}); err != nil {
		t.Error(err)
	}
}

// broken is a source whose content cannot be read to its end.
type broken struct{ io.Reader }

func (broken) Close() error { return nil }

func (b broken) Read(buf []byte) (int, error) {
	n, err := b.Reader.Read(buf)
	if err == io.EOF {
		err = errDisk
	}
	return n, err
}

// unclosable is a source that says when it is closed that it was not right.
type unclosable struct{ io.Reader }

func (unclosable) Close() error { return errDisk }

// TestSourceError: the message names the file. At any place of a larger tree.
func TestSourceError(t *testing.T) {
	for name, open := range map[string]func() (io.ReadCloser, error){
		"opening": func() (io.ReadCloser, error) { return nil, errDisk },
		"reading": func() (io.ReadCloser, error) { return broken{strings.NewReader(noise(1 << 20))}, nil },
		"closing": func() (io.ReadCloser, error) { return unclosable{strings.NewReader("x")}, nil },
	} {
		for _, at := range []int{0, 50, 99} {
			var sources []Source
			for i := range 100 {
				sources = append(sources, file(fmt.Sprintf("f%02d", i), 0o644, "content"))
			}
			sources[at].Open = open
			_, err := Write(t.Context(), io.Discard, sources, Options{})
			if !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), "packing: "+sources[at].Path+": ") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	_, err := Write(t.Context(), io.Discard, []Source{{Path: "a", Mode: 0o644}}, Options{})
	if err == nil || err.Error() != "packing: a: no content" {
		t.Error(err)
	}
	_, err = Write(t.Context(), io.Discard, nil, Options{Level: 17})
	if err != nil {
		t.Error(err) // nothing to compress
	}
	_, err = Write(t.Context(), io.Discard, []Source{file("a", 0o644, "")}, Options{Level: 17})
	if err == nil || err.Error() != "packing: no level 17 of compression" {
		t.Error(err)
	}
}

// TestSourceChanges: a content that does not shrink is read twice.
func TestSourceChanges(t *testing.T) {
	for _, second := range []string{noise(999), noise(1001), strings.ToLower(noise(1000))} {
		var opened atomic.Int32
		source := Source{Path: "a", Mode: 0o644, Open: func() (io.ReadCloser, error) {
			if opened.Add(1) == 1 {
				return io.NopCloser(strings.NewReader(noise(1000))), nil
			}
			return io.NopCloser(strings.NewReader(second)), nil
		}}
		_, err := Write(t.Context(), io.Discard, []Source{source}, Options{})
		if err == nil || err.Error() != "packing: a changes while it is packed" {
			t.Errorf("%d bytes: %v", len(second), err)
		}
	}
}

// TestCancel: Write ends soon, and with it everything that it started and made.
func TestCancel(t *testing.T) {
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	endless := Source{Path: "b", Mode: 0o644, Open: func() (io.ReadCloser, error) {
		cancel()
		return io.NopCloser(zeros{}), nil
	}}
	temp := t.TempDir()
	sources := []Source{file("a", 0o644, noise(2*spoolMemory)), endless, file("c", 0o644, noise(2*spoolMemory))}
	_, err := Write(ctx, io.Discard, sources, Options{Level: Fastest, TempDir: temp})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	noMoreGoroutines(t, before)
	wantEmpty(t, temp)
}

// noMoreGoroutines waits until there are no more than before: one that is done takes
// a moment to be gone.
func noMoreGoroutines(t *testing.T, before int) {
	t.Helper()
	for begin := time.Now(); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("%d goroutines, were %d", runtime.NumGoroutine(), before)
		}
	}
}

// zeros is a content without end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestTempDir: large contents wait in the directory that was given, and leave nothing.
func TestTempDir(t *testing.T) {
	// Only the first half shrinks, so more than fits into memory is compressed data.
	large := strings.Repeat("x", 3<<20) + noise(2*spoolMemory)
	temp := t.TempDir()
	data, _ := write(t, []Source{file("a", 0o644, large)}, Options{Level: Fastest, TempDir: temp})
	if _, contents, err := readAll(data); err != nil || contents["a"] != large {
		t.Error(err)
	}
	wantEmpty(t, temp)
	_, err := Write(t.Context(), io.Discard, []Source{file("a", 0o644, large)}, Options{TempDir: temp + "/none"})
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "packing: a: ") {
		t.Error(err)
	}
}

// TestProgress: one step for each entry, in order.
func TestProgress(t *testing.T) {
	sources, _ := sample()
	var steps []string
	write(t, sources, Options{Progress: func(done, total int, path string) {
		steps = append(steps, fmt.Sprintf("%d/%d %s", done, total, path))
	}})
	if len(steps) != 9 || steps[0] != "1/9 app" || steps[8] != "9/9 python/lib/python3.14/os.pyc" {
		t.Errorf("%q", steps)
	}
}

// measured is noise that measures the live heap at its end.
type measured struct {
	io.Reader
	peak *atomic.Uint64
}

func (m *measured) Close() error {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	for old := m.peak.Load(); stats.HeapAlloc > old && !m.peak.CompareAndSwap(old, stats.HeapAlloc); {
		old = m.peak.Load()
	}
	return nil
}

// TestMemory: what is held in memory does not grow with the contents. They begin with
// something that shrinks, so that the rest has to be kept although it does not.
func TestMemory(t *testing.T) {
	const each, count = 24 << 20, 12
	old := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(old)
	var peak atomic.Uint64
	var sources []Source
	for i := range count {
		sources = append(sources, Source{Path: fmt.Sprintf("f%02d", i), Mode: 0o644, Open: func() (io.ReadCloser, error) {
			soft := io.LimitReader(zeros{}, 1<<20)
			hard := io.LimitReader(rand.NewChaCha8([32]byte{}), each)
			return &measured{io.MultiReader(soft, hard), &peak}, nil
		}})
	}
	temp := t.TempDir()
	if _, err := Write(t.Context(), io.Discard, sources, Options{Level: Fastest, TempDir: temp}); err != nil {
		t.Fatal(err)
	}
	t.Logf("at most %d MiB live for %d MiB of content", peak.Load()>>20, count*each>>20)
	if limit := uint64(96 << 20); peak.Load() == 0 || peak.Load() > limit {
		t.Errorf("%d MiB", peak.Load()>>20)
	}
}

// TestShipped: what programs get is Go 1.20, and imports only zstd besides the standard
// library.
func TestShipped(t *testing.T) {
	build := exec.Command("go", "build", "-tags=llgopy", "-gcflags=-lang=go1.20", ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	list := exec.Command("go", "list", "-tags=llgopy", "-f", `{{join .Imports "\n"}}`, ".")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(out)) {
		if strings.Contains(name, ".") && name != "github.com/klauspost/compress/zstd" || name == "os" {
			t.Errorf("imports %s", name)
		}
	}
}

// A content whose sum is known has to have it.
func TestSumThatIsKnown(t *testing.T) {
	sum := sha256.Sum256([]byte("as it was"))
	for _, content := range []string{"as it was", "edited"} {
		source := file("a", 0o644, content)
		source.Sum = &sum
		_, err := Write(t.Context(), io.Discard, []Source{source}, Options{Level: Fastest})
		if edited := content == "edited"; (err != nil) != edited || edited && !strings.Contains(err.Error(), "changes while it is packed") {
			t.Errorf("%s: %v", content, err)
		}
	}
}
