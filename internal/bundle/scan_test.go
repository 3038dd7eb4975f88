package bundle

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestScan(t *testing.T) {
	dir := t.TempDir()
	const needle = "/home/söme one"
	big := strings.Repeat("x", chunk-5) + needle + strings.Repeat("y", 2*chunk) + "/other"
	for name, text := range map[string]string{
		"sub/module.pyc": "\x00\x01" + needle + "/x.py\x00" + needle,
		"big":            big,
		"clean":          "/home/söme on" + "/home/söme-one /o/ther",
		"other in name":  "",
	} {
		makeParent(t, filepath.Join(dir, name))
		put(t, filepath.Join(dir, name), text, 0o644)
	}
	if err := os.Symlink(needle+"/x", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	hits, err := Scan(context.Background(), dir, []string{needle, "/other", "", "/", needle, "other in"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Hit{
		{"big", needle, chunk - 5, ""},
		{"big", "/other", int64(len(big) - len("/other")), ""},
		{"link", needle, -1, ""},
		{"other in name", "other in", -1, ""},
		{"sub/module.pyc", needle, 2, ""},
	}
	if !slices.Equal(hits, want) {
		t.Errorf("got %v\nwant %v", hits, want)
	}
	if one, err := ScanFile(dir, "big", []string{"", "/other", needle, needle}); err != nil || !slices.Equal(one, []Hit{
		{"big", needle, want[0].Offset, ""}, {"big", "/other", want[1].Offset, ""},
	}) {
		t.Errorf("of one file: %v, %v", one, err)
	}
	if _, err := Scan(context.Background(), filepath.Join(dir, "nothing"), nil); !isMissing(err) {
		t.Error(err)
	}
}

func makeParent(t *testing.T, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestScanBorders puts a needle at every place around the borders of chunks, and
// reads in every way a reader may.
func TestScanBorders(t *testing.T) {
	needle := "a needle of some length"
	for _, border := range []int{chunk, chunk + len(needle) - 1, 2 * chunk} {
		for at := border - len(needle) - 1; at <= border+1; at++ {
			data := bytes.Repeat([]byte{'a'}, 3*chunk)
			copy(data[at:], needle)
			offsets, err := scan(iotest.DataErrReader(bytes.NewReader(data)), []string{"absent", needle}, chunk)
			if got := fmt.Sprint(offsets, err); got != fmt.Sprint([]int64{-1, int64(at)}, nil) {
				t.Fatalf("needle at %d: %s", at, got)
			}
		}
	}
	broken := iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("ab")))
	if _, err := scan(broken, []string{needle}, chunk); err != iotest.ErrTimeout {
		t.Errorf("error of the reader: %v", err)
	}
}

// TestScanPieces: whatever the size of pieces, a needle is found where it is.
func TestScanPieces(t *testing.T) {
	const text, needle = "aaaa/path/aaaa", "/path/"
	for piece := 1; piece <= len(text)+2; piece++ {
		offsets, err := scan(strings.NewReader(text), []string{needle, "absent"}, piece)
		if err != nil || !slices.Equal(offsets, []int64{4, -1}) {
			t.Errorf("pieces of %d: %v, %v", piece, offsets, err)
		}
	}
}
