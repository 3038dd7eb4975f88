package payload

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

var levels = []Level{Best, Better, Default, Fastest, Stored}

// TestRoundTrip: what was written is read, at every level, under one id.
func TestRoundTrip(t *testing.T) {
	sources, contents := sample()
	ids := map[[32]byte]bool{}
	for _, level := range levels {
		data, id := write(t, sources, Options{Level: level})
		p, got, err := readAll(data)
		if err != nil {
			t.Fatal(err)
		}
		short, err := ReadID(bytes.NewReader(data), int64(len(data)))
		if p.ID() != id || short != id || err != nil {
			t.Errorf("id %x, read %x, %x, %v", id, p.ID(), short, err)
		}
		ids[id] = true
		if len(p.Entries()) != len(sources) {
			t.Errorf("%d entries of %d", len(p.Entries()), len(sources))
		}
		for path, content := range contents {
			if got[path] != content {
				t.Errorf("level %d: %s has other content", level, path)
			}
		}
	}
	if len(ids) != 1 {
		t.Errorf("%d ids of one tree", len(ids))
	}
}

// TestEntries: names, modes, sizes, hashes and targets are there, in order.
func TestEntries(t *testing.T) {
	sources, contents := sample()
	data, _ := write(t, sources, Options{})
	p, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range p.Entries() {
		lines = append(lines, fmt.Sprint(e.Path, " ", e.Mode, " ", e.Size, " ", e.Target))
		want := [32]byte{}
		if e.Mode.IsRegular() {
			want = sha256.Sum256([]byte(contents[e.Path]))
		}
		if e.Hash != want {
			t.Errorf("%s: hash %x", e.Path, e.Hash)
		}
	}
	want := []string{
		"app -rwxr-xr-x 3000 ",
		"python/bin/python3 Lrwxrwxrwx 0 ../lib/libpython3.14.so.1.0",
		"python/lib/here Lrwxrwxrwx 0 .",
		"python/lib/libpython3.14.so.1.0 -rwxr-xr-x 1170000 ",
		"python/lib/python3.14/empty.pyc -rw-r--r-- 0 ",
		"python/lib/python3.14/größe 3/数据.txt -rw-r--r-- 4 ",
		"python/lib/python3.14/lib-dynload drwxr-xr-x 0 ",
		"python/lib/python3.14/lib-dynload.txt -rw-r--r-- 43 ",
		"python/lib/python3.14/os.pyc -rw-r--r-- 3000 ",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("entries\n%s", strings.Join(lines, "\n"))
	}
}

// TestMethods: zstd where it shrinks, and nowhere else.
func TestMethods(t *testing.T) {
	sources, _ := sample()
	data, _ := write(t, sources, Options{})
	p, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range p.Entries() {
		small := p.PackedSize(i) < e.Size
		want := e.Path == "python/lib/libpython3.14.so.1.0" || e.Path == "python/lib/python3.14/os.pyc"
		if small != want || (p.places[i].method == zstded) != want {
			t.Errorf("%s: %d of %d bytes, method %d", e.Path, p.PackedSize(i), e.Size, p.places[i].method)
		}
	}
}

// TestSameBytes: order of the sources, processors and the way to a spool do not show.
func TestSameBytes(t *testing.T) {
	sources, _ := sample()
	// Compresses to more than what waits in memory.
	sources = append(sources, file("large", 0o644, noise(spoolMemory+100_000)+strings.Repeat("x", 1<<20)))
	first, _ := write(t, sources, Options{Level: Fastest})
	for _, processors := range []int{1, 2, 7} {
		slices.Reverse(sources[processors%3:])
		old := runtime.GOMAXPROCS(processors)
		again, _ := write(t, sources, Options{Level: Fastest, TempDir: t.TempDir()})
		runtime.GOMAXPROCS(old)
		if !bytes.Equal(first, again) {
			t.Fatalf("other bytes with %d processors", processors)
		}
	}
	if _, _, err := readAll(first); err != nil {
		t.Error(err)
	}
}

// TestEmpty: a tree of nothing is a tree.
func TestEmpty(t *testing.T) {
	data, id := write(t, nil, Options{})
	p, err := open(data)
	if err != nil || len(p.Entries()) != 0 || id != sha256.Sum256([]byte(indexHead)) {
		t.Errorf("%v, id %x", err, id)
	}
}

// TestSameTime: entries can be copied at the same time.
func TestSameTime(t *testing.T) {
	sources, contents := sample()
	data, _ := write(t, sources, Options{})
	p, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		for i, e := range p.Entries() {
			group.Go(func() {
				var b bytes.Buffer
				if err := p.Copy(i, &b); err != nil || e.Mode.IsRegular() && b.String() != contents[e.Path] {
					t.Errorf("%s: %v", e.Path, err)
				}
			})
		}
	}
	group.Wait()
}

// golden is testdata/golden.zip: a payload as it was when the format was made.
func goldenSources() []Source {
	return []Source{
		file("app", 0o755, "#!/bin/sh\n"),
		file("python/lib/python3.14/os.pyc", 0o644, strings.Repeat("os ", 100)),
		emptyDir("python/lib/python3.14/lib-dynload"),
		link("python/bin/python3", "../../app"),
	}
}

// TestGolden pins the format: what old programs carry can be read, and the same tree has
// the same id for ever, or caches would not be shared between versions. Run with
// LLGO_PY_UPDATE=1 to write the file anew, after a change of version.
func TestGolden(t *testing.T) {
	name := filepath.Join("testdata", "golden.zip")
	data, id := write(t, goldenSources(), Options{Level: Default})
	if os.Getenv("LLGO_PY_UPDATE") != "" {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	p, contents, err := readAll(golden)
	if err != nil {
		t.Fatal(err)
	}
	if p.ID() != id || contents["app"] != "#!/bin/sh\n" || len(contents) != 4 {
		t.Errorf("id %x, not %x; %q", p.ID(), id, contents)
	}
	want := indexHead +
		"f\t755\t10\ta8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf\tapp\n" +
		"l\tpython/bin/python3\t../../app\n" +
		"d\tpython/lib/python3.14/lib-dynload\n" +
		"f\t644\t300\tPYC\tpython/lib/python3.14/os.pyc\n"
	sum := sha256.Sum256([]byte(strings.Repeat("os ", 100)))
	if index := string(encodeIndex(p.Entries())); index != strings.Replace(want, "PYC", fmt.Sprintf("%x", sum), 1) {
		t.Errorf("index\n%s", index)
	}
}

// TestFromDir: a directory becomes a tree, and empty directories stay.
func TestFromDir(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{
		os.MkdirAll(filepath.Join(dir, "python", "lib-dynload"), 0o755),
		os.WriteFile(filepath.Join(dir, "app"), []byte("app"), 0o755),
		os.WriteFile(filepath.Join(dir, "python", "data"), []byte("data"), 0o600),
		os.Symlink("data", filepath.Join(dir, "python", "also")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	sources, err := FromDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := write(t, sources, Options{})
	p, contents, err := readAll(data)
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]fs.FileMode{}
	for _, e := range p.Entries() {
		modes[e.Path] = e.Mode
	}
	if want := (map[string]fs.FileMode{"app": 0o755, "python/data": 0o600, "python/also": linkMode, "python/lib-dynload": dirMode}); !reflect.DeepEqual(modes, want) {
		t.Errorf("%v", modes)
	}
	if contents["app"] != "app" || contents["python/also"] != "data" {
		t.Errorf("%q", contents)
	}
}

// TestFile: a payload in a file, read by what programs have of it.
func TestFile(t *testing.T) {
	sources, contents := sample()
	f, err := os.Create(filepath.Join(t.TempDir(), "payload.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("prefix"); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), f, sources, Options{}); err != nil {
		t.Fatal(err)
	}
	info, _ := f.Stat()
	size := info.Size() - 6
	p, err := Open(io.NewSectionReader(f, 6, size), size)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Copy(0, &b); err != nil || b.String() != contents["app"] {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// countingReads counts how often an archive is read.
type countingReads struct {
	*bytes.Reader
	reads int
}

func (c *countingReads) ReadAt(b []byte, off int64) (int, error) {
	c.reads++
	return c.Reader.ReadAt(b, off)
}

// A small entry is read at once: in the archive of a program each read is a system call,
// and a decoder asks for a few bytes at a time.
func TestSmallEntriesAreReadAtOnce(t *testing.T) {
	var sources []Source
	for i := 0; i < 50; i++ {
		name := fmt.Sprintf("f%02d", i)
		sources = append(sources, file(name+"-text", 0o644, strings.Repeat(name, 500)), file(name+"-noise", 0o644, noise(900+i)))
	}
	data, _ := write(t, sources, Options{Level: Fastest})
	archive := &countingReads{Reader: bytes.NewReader(data)}
	r, err := Open(archive, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	archive.reads = 0
	for i := range r.Entries() {
		if err := r.Copy(i, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	if archive.reads != len(sources) {
		t.Errorf("%d reads of %d entries", archive.reads, len(sources))
	}
}
