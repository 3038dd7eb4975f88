package payload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
)

// file returns a source with a content.
func file(path string, mode fs.FileMode, content string) Source {
	return Source{Path: path, Mode: mode, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

func link(path, target string) Source {
	return Source{Path: path, Mode: fs.ModeSymlink | 0o777, Target: target}
}

func emptyDir(path string) Source { return Source{Path: path, Mode: fs.ModeDir | 0o700} }

// noise is content that nothing compresses; the same for the same size.
func noise(size int) string {
	b := make([]byte, size)
	var seed [32]byte
	rand.NewChaCha8(seed).Read(b)
	return string(b)
}

// sample is a tree with one of everything, and its contents.
func sample() ([]Source, map[string]string) {
	contents := map[string]string{
		"app":                                   noise(3000),
		"python/lib/libpython3.14.so.1.0":       strings.Repeat("machine code ", 90_000),
		"python/lib/python3.14/empty.pyc":       "",
		"python/lib/python3.14/os.pyc":          strings.Repeat("import os\n", 300),
		"python/lib/python3.14/größe 3/数据.txt":  "text",
		"python/lib/python3.14/lib-dynload.txt": "sorts between a directory and what is in it",
	}
	var sources []Source
	for path, content := range contents {
		mode := fs.FileMode(0o644)
		if !strings.HasSuffix(path, ".pyc") && !strings.HasSuffix(path, ".txt") {
			mode = 0o755
		}
		sources = append(sources, file(path, mode, content))
	}
	return append(sources,
		link("python/bin/python3", "../lib/libpython3.14.so.1.0"),
		link("python/lib/here", "."),
		emptyDir("python/lib/python3.14/lib-dynload"),
	), contents
}

// write writes a payload to memory.
func write(t testing.TB, sources []Source, opts Options) (data []byte, id [32]byte) {
	t.Helper()
	var b bytes.Buffer
	id, err := Write(context.Background(), &b, sources, opts)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), id
}

func open(data []byte) (*Reader, error) {
	return Open(bytes.NewReader(data), int64(len(data)))
}

// readAll opens a payload and copies every entry.
func readAll(data []byte) (*Reader, map[string]string, error) {
	p, err := open(data)
	if err != nil {
		return nil, nil, err
	}
	contents := map[string]string{}
	for i, e := range p.Entries() {
		var b bytes.Buffer
		if err := p.Copy(i, &b); err != nil {
			return nil, nil, err
		}
		contents[e.Path] = b.String()
	}
	return p, contents, nil
}

// forged is an entry for [forge]: what it says of itself may be anything.
type forged struct {
	line   string // of the index, without its end; "" for the one of entry
	entry  Entry
	method uint16
	data   string
	change func(p *place) // before records are encoded
}

// honest returns an entry that is right, for a test to make wrong.
func honest(path, content string) forged {
	return forged{
		entry: Entry{Path: path, Mode: 0o644, Size: int64(len(content)), Hash: sha256.Sum256([]byte(content))},
		data:  content,
	}
}

// forge assembles a payload of entries, in their order and unchecked: its parts fit
// together as far as the entries let them, and the id is that of its index.
func forge(entries ...forged) []byte {
	var b, directory []byte
	index := []byte(indexHead)
	for i := range entries {
		f := &entries[i]
		at := placeOf(&f.entry)
		at.method, at.offset, at.packed = f.method, int64(len(b)), int64(len(f.data))
		at.crc = crc32.ChecksumIEEE([]byte(f.data))
		if f.change != nil {
			f.change(&at)
		}
		b = append(at.appendHeader(b), f.data...)
		directory = at.appendRecord(directory)
		if f.line == "" {
			index = f.entry.appendLine(index)
		}
		index = append(append(index, f.line...), '\n')
	}
	return seal(b, index, directory)
}

// seal appends index, directory and end to the data of entries.
func seal(b, index, directory []byte) []byte {
	at := indexPlace(int64(len(index)))
	at.offset, at.packed, at.crc = int64(len(b)), at.size, crc32.ChecksumIEEE(index)
	b = append(at.appendHeader(b), index...)
	start := int64(len(b))
	b = append(at.appendRecord(b), directory...)
	n := bytes.Count(index, []byte("\n"))
	return appendEnd(b, n, start, int64(len(b)), sha256.Sum256(index))
}

// wantError checks that an error is one line of type [*Error] with a reason.
func wantError(t *testing.T, err, reason error, parts ...string) {
	t.Helper()
	var typed *Error
	if !errors.As(err, &typed) || !errors.Is(err, reason) {
		t.Fatalf("error %v, want %v", err, reason)
	}
	for _, part := range append(parts, reason.Error()) {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in %q", part, err)
		}
	}
	if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		t.Errorf("control characters in %q", err)
	}
}
