package payload

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// count counts what is written to it.
type count int64

func (c *count) Write(b []byte) (int, error) {
	*c += count(len(b))
	return len(b), nil
}

// FuzzOpen: any bytes are refused with an error, or are a payload in the one form.
func FuzzOpen(f *testing.F) {
	golden, err := os.ReadFile(filepath.Join("testdata", "golden.zip"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add(golden[:len(golden)/2])
	f.Add(append(bytes.Clone(golden), 0))
	f.Add(forge(honest("a", "A"), dir("b/c"), linked("b/d", "c")))
	f.Add(forge(honest("../a", "A")))
	f.Add(forge(linked("a", "/etc"), honest("a/passwd", "x")))
	f.Add(forge())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := open(data)
		if err != nil {
			return
		}
		wantCanonical(t, p, data)
		wantHonest(t, p)
	})
}

// wantCanonical checks that everything but the data is as this package writes it.
func wantCanonical(t *testing.T, p *Reader, data []byte) {
	t.Helper()
	index := encodeIndex(p.Entries())
	if sha256.Sum256(index) != p.ID() {
		t.Error("index of another form")
	}
	directory := p.index.appendRecord(nil)
	for i := range p.places {
		directory = p.places[i].appendRecord(directory)
	}
	start := p.index.end()
	tail := appendEnd(append(index, directory...), len(p.places)+1, start, start+int64(len(directory)), p.ID())
	if !bytes.HasSuffix(data, tail) {
		t.Error("directory or end of another form")
	}
}

// wantHonest checks that an entry is copied whole, or not more than whole and an error.
func wantHonest(t *testing.T, p *Reader) {
	t.Helper()
	for i, e := range p.Entries() {
		var n count
		sum := sha256.New()
		err := p.Copy(i, io.MultiWriter(&n, sum))
		size := e.Size
		if !e.Mode.IsRegular() {
			size = int64(len(e.Target))
		}
		if int64(n) > size || err == nil && int64(n) != size {
			t.Errorf("%s: %d bytes, error %v", e.Path, n, err)
		}
		if err == nil && e.Mode.IsRegular() && [32]byte(sum.Sum(nil)) != e.Hash {
			t.Errorf("%s: other content", e.Path)
		}
	}
}

// FuzzForged: as FuzzOpen, behind the sums that keep a fuzzer out: the archive fits
// together, and the index and the data of one entry are anything.
func FuzzForged(f *testing.F) {
	f.Add([]byte("f\t644\t1\t559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd\ta\n"), []byte("A"), false)
	f.Add([]byte("l\ta\tb\n"), []byte("b"), false)
	f.Add([]byte("d\ta\n"), []byte(nil), false)
	f.Add([]byte("f\t644\t300\t00\ta\n"), []byte("(\xb5/\xfd\x04\x00"), true)
	if golden, err := os.ReadFile(filepath.Join("testdata", "golden.zip")); err == nil {
		p, err := open(golden)
		if err != nil {
			f.Fatal(err)
		}
		last := len(p.places) - 1
		at := p.places[last]
		data := golden[at.offset+at.headerLen():][:at.packed]
		f.Add(p.entries[last].appendLine(nil), data, true)
	}
	f.Fuzz(func(t *testing.T, lines, data []byte, compressed bool) {
		index := append([]byte(indexHead), lines...)
		entries, err := decodeIndex(index)
		if err == nil && !bytes.Equal(encodeIndex(entries), index) {
			t.Errorf("index %q has another form %q", index, encodeIndex(entries))
		}
		whole := seal(nil, index, nil)
		if err == nil && len(entries) == 1 {
			one := forged{entry: entries[0], data: string(data)}
			if compressed {
				one.method = zstded
			}
			whole = forge(one)
		}
		if p, err := open(whole); err == nil {
			wantCanonical(t, p, whole)
			wantHonest(t, p)
		}
	})
}
