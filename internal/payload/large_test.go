package payload

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRecordSizes: records around the limits of 32 bits are read as they were written,
// and use zip64 from the limit on and not before.
func TestRecordSizes(t *testing.T) {
	edges := []int64{0, 1, max32 - 1, max32, max32 + 1, 1 << 40, 1<<63 - 1}
	for _, size := range edges {
		for _, packed := range edges {
			for _, offset := range edges {
				testRecord(t, place{name: "name", method: zstded, crc: 7, size: size, packed: packed, offset: offset})
			}
		}
		testRecord(t, place{name: strings.Repeat("long/", 800), method: stored, size: size, packed: size})
	}
}

func testRecord(t *testing.T, p place) {
	t.Helper()
	record := p.appendRecord(nil)
	large := 0
	for _, v := range []int64{p.size, p.packed, p.offset} {
		if v >= max32 {
			large++
		}
	}
	if want := recordSize + len(p.name) + 8*large + 4*min(large, 1); len(record) != want {
		t.Errorf("%+v: %d bytes, want %d", p, len(record), want)
	}
	got := p
	got.crc, got.method, got.packed = 0, 0, 0
	rest, ok := got.takeRecord(append(record, "rest"...))
	if !ok || string(rest) != "rest" || got != p {
		t.Errorf("%+v became %+v, %v", p, got, ok)
	}
	if header := p.appendHeader(nil); int64(len(header)) != p.headerLen() {
		t.Errorf("%+v: header of %d bytes, want %d", p, len(header), p.headerLen())
	}
	for cut := range record {
		if _, ok := got.takeRecord(record[:cut]); ok {
			t.Errorf("%+v read from %d of %d bytes", p, cut, len(record))
		}
	}
}

// crcOfZeros returns the CRC-32 of many zero bytes, by the squares of the step for one.
func crcOfZeros(n int64) uint32 {
	block := make([]byte, 1<<20)
	crc := uint32(0)
	for ; n >= int64(len(block)); n -= int64(len(block)) {
		crc = crc32.Update(crc, crc32.IEEETable, block)
	}
	return crc32.Update(crc, crc32.IEEETable, block[:n])
}

// holed is a payload in a file with holes: an entry of 5 GiB of zeros, and a small one
// behind it, which takes a few blocks of the disk.
func holed(t *testing.T) *os.File {
	t.Helper()
	const size = 5 << 30
	zero := Entry{Path: "a", Mode: 0o644, Size: size, Hash: [32]byte{1}} // not copied below
	small := honest("b", "behind")
	first, second := placeOf(&zero), placeOf(&small.entry)
	first.packed, first.crc = size, crcOfZeros(size)
	second.packed, second.crc, second.offset = 6, crc32.ChecksumIEEE([]byte(small.data)), first.end()

	f, err := os.Create(filepath.Join(t.TempDir(), "holed.zip"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	index := encodeIndex([]Entry{zero, small.entry})
	at := indexPlace(int64(len(index)))
	at.offset, at.packed, at.crc = second.end(), at.size, crc32.ChecksumIEEE(index)
	directory := second.appendRecord(first.appendRecord(at.appendRecord(nil)))
	tail := append(append(second.appendHeader(nil), small.data...), at.appendHeader(nil)...)
	tail = append(append(tail, index...), directory...)
	end := second.offset + int64(len(tail))
	tail = appendEnd(tail, 3, at.end(), end, sha256.Sum256(index))
	_, err = f.WriteAt(first.appendHeader(nil), 0)
	if err == nil {
		_, err = f.WriteAt(tail, second.offset)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestBehindFourGigabytes: offsets and sizes beyond 32 bits are read.
func TestBehindFourGigabytes(t *testing.T) {
	f := holed(t)
	info, _ := f.Stat()
	p, err := Open(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Copy(1, &b); err != nil || b.String() != "behind" || p.Entries()[0].Size != 5<<30 {
		t.Errorf("%q, %v", b.String(), err)
	}
	cpython(t, `
z = zipfile.ZipFile(sys.argv[1])
assert z.getinfo("a").file_size == 5 << 30
assert z.read("b") == b"behind"
assert z.comment.startswith(b"llgo-py payload 1 sha256:")`, f.Name())
}

// TestFourGigabytes writes an entry that is larger than 4 GiB, compressed and stored,
// and reads it back.
func TestFourGigabytes(t *testing.T) {
	if os.Getenv("LLGO_PY_TEST_FULL") == "" {
		t.Skip("half a minute: only with LLGO_PY_TEST_FULL=1")
	}
	const size = 4<<30 + 12345
	sources := []Source{file("b", 0o644, "behind"), {Path: "a", Mode: 0o644, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zeros{}, size)), nil
	}}}
	ids := map[[32]byte]bool{}
	for _, level := range []Level{Fastest, Stored} {
		var archive sparse
		id, err := Write(t.Context(), &archive, sources, Options{Level: level})
		if err != nil {
			t.Fatal(err)
		}
		ids[id] = true
		if (archive.size > size) != (level == Stored) {
			t.Errorf("%d bytes at level %d", archive.size, level)
		}
		p, err := Open(&archive, archive.size)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := p.Copy(1, &b); err != nil || b.String() != "behind" {
			t.Errorf("%q, %v", b.String(), err)
		}
		if err := p.Copy(0, io.Discard); err != nil || p.Entries()[0].Size != size {
			t.Errorf("%d bytes: %v", p.Entries()[0].Size, err)
		}
	}
	if len(ids) != 1 {
		t.Error("two ids")
	}
}

// sparse is a file in memory. Writes of nothing but zeros take no room.
type sparse struct {
	size   int64
	pieces []piece
}

type piece struct {
	at   int64
	data []byte
}

func (s *sparse) Write(b []byte) (int, error) {
	if bytes.Count(b, []byte{0}) < len(b) {
		s.pieces = append(s.pieces, piece{s.size, bytes.Clone(b)})
	}
	s.size += int64(len(b))
	return len(b), nil
}

func (s *sparse) ReadAt(b []byte, off int64) (int, error) {
	var err error
	if left := s.size - off; left < int64(len(b)) {
		b, err = b[:max(left, 0)], io.EOF
	}
	clear(b)
	end := off + int64(len(b))
	for _, p := range s.pieces {
		from, to := max(p.at, off), min(p.at+int64(len(p.data)), end)
		if from < to {
			copy(b[from-off:to-off], p.data[from-p.at:])
		}
	}
	return len(b), err
}

// TestManyFiles: more files than 16 bits count.
func TestManyFiles(t *testing.T) {
	for _, n := range []int{max16 - 2, max16 - 1, max16 + 5} {
		sources := make([]Source, n)
		for i := range sources {
			sources[i] = link(fmt.Sprintf("dir%d/%d", i%100, i), "../x")
		}
		data, _ := write(t, sources, Options{})
		p, err := open(data)
		if err != nil || len(p.Entries()) != n {
			t.Fatalf("%d entries: %v", n, err)
		}
		zip64 := binary.LittleEndian.Uint32(data[len(data)-tailSize-locatorSize:]) == locatorMagic
		if zip64 != (n+1 >= max16) {
			t.Errorf("%d entries: zip64 %v", n, zip64)
		}
		if !zip64 {
			continue
		}
		name := filepath.Join(t.TempDir(), "many.zip")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cpython(t, "assert len(zipfile.ZipFile(sys.argv[1]).namelist()) == int(sys.argv[2])", name, fmt.Sprint(n+1))
	}
}

// TestMagicInRecord: what looks like zip64 in the last record of a directory is not
// taken for it. Here an offset spells the signature of the locator.
func TestMagicInRecord(t *testing.T) {
	name := strings.Repeat("n", locatorSize-4)
	first := honest("a", "")
	first.entry.Size = locatorMagic - 2*headerSize - 1 + headerSize
	first.data = strings.Repeat("\x00", int(first.entry.Size))
	data := forge(first, honest(name, ""))
	if at := len(data) - tailSize - locatorSize; binary.LittleEndian.Uint32(data[at:]) != locatorMagic {
		t.Fatalf("the test is wrong: %x", data[at:at+4])
	}
	if _, err := open(data); err != nil {
		t.Error(err)
	}
}
