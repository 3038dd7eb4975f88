package payload

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func withMode(path string, mode fs.FileMode) forged {
	f := honest(path, "")
	f.entry.Mode = mode
	return f
}

func linked(path, target string) forged {
	return forged{entry: Entry{Path: path, Mode: linkMode, Target: target}, data: target}
}

func dir(path string) forged { return forged{entry: Entry{Path: path, Mode: dirMode}} }

// TestForge: what the tests below make wrong is right before that.
func TestForge(t *testing.T) {
	data := forge(honest("a", "A"), dir("b/c"), linked("b/d", "c"), linked("b/e", "../a"), honest("f", ""))
	if _, contents, err := readAll(data); err != nil || contents["a"] != "A" || contents["b/d"] != "c" {
		t.Errorf("%q, %v", contents, err)
	}
}

// TestRefuseTree: archives that fit together, of trees that must not be. Write refuses
// the same trees.
func TestRefuseTree(t *testing.T) {
	for _, test := range []struct {
		name    string
		reason  error
		entries []forged
	}{
		{"empty name", ErrName, []forged{honest("", "")}},
		{"absolute", ErrName, []forged{honest("/etc/passwd", "")}},
		{"dot", ErrName, []forged{honest(".", "")}},
		{"parent", ErrName, []forged{honest("..", "")}},
		{"escaping", ErrName, []forged{honest("../x", "")}},
		{"escaping inside", ErrName, []forged{honest("a/../../x", "")}},
		{"not clean", ErrName, []forged{honest("a//b", "")}},
		{"dot inside", ErrName, []forged{honest("a/./b", "")}},
		{"slash at the end", ErrName, []forged{honest("a/", "")}},
		{"backslash", ErrName, []forged{honest(`..\x`, "")}},
		{"zero byte", ErrName, []forged{honest("a\x00b", "")}},
		{"escape sequence", ErrName, []forged{honest("a\x1b[2Jb", "")}},
		{"delete", ErrName, []forged{honest("a\x7f", "")}},
		{"not UTF-8", ErrName, []forged{honest("a\xff", "")}},
		{"long name", ErrName, []forged{honest(strings.Repeat("n", maxName+1), "")}},
		{"long path", ErrName, []forged{honest(strings.Repeat("dir/", 1024)+"x", "")}},
		{"the index itself", ErrName, []forged{honest(indexName, "")}},
		{"below the index", ErrName, []forged{honest(indexName+"/x", "")}},
		{"twice", ErrDuplicate, []forged{honest("a", "1"), honest("a", "2")}},
		{"file and link", ErrDuplicate, []forged{honest("a", "1"), linked("a", "b")}},
		{"not in order", ErrOrder, []forged{honest("b", ""), honest("a", "")}},
		{"below a file", ErrConflict, []forged{honest("a", ""), honest("a/b", "")}},
		{"far below a file", ErrConflict, []forged{honest("a", ""), honest("a b", ""), honest("a/b/c/d", "")}},
		{"below a link", ErrConflict, []forged{linked("a", "b"), honest("a/b", "")}},
		{"below a link to above", ErrLink, []forged{linked("a", ".."), honest("a/b", "")}},
		{"in an empty directory", ErrConflict, []forged{dir("a"), honest("a/b", "")}},
		{"link to nothing", ErrLink, []forged{linked("a", "")}},
		{"absolute link", ErrLink, []forged{linked("a", "/etc/passwd")}},
		{"link to the parent", ErrLink, []forged{linked("a", "..")}},
		{"escaping link", ErrLink, []forged{linked("a/b", "../../x")}},
		{"escaping link by a detour", ErrLink, []forged{linked("a/b", "c/../../../x")}},
		{"link up through a link", ErrLink, []forged{linked("a/b/c", "../../d"), linked("a/e", "b/c/../x"), dir("d")}},
		{"link that is not clean", ErrLink, []forged{linked("a", "./b")}},
		{"link with a backslash", ErrLink, []forged{linked("a", `..\b`)}},
		{"link with a zero byte", ErrLink, []forged{linked("a", "b\x00c")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := open(forge(test.entries...))
			wantError(t, err, test.reason)
			_, err = Write(t.Context(), io.Discard, sourcesOf(test.entries), Options{})
			if test.reason == ErrOrder {
				test.reason = nil // Write sorts
			}
			if !errors.Is(err, test.reason) {
				t.Errorf("writing: %v", err)
			}
		})
	}
}

func sourcesOf(entries []forged) (sources []Source) {
	for _, f := range entries {
		s := file(f.entry.Path, f.entry.Mode, f.data)
		s.Target = f.entry.Target
		sources = append(sources, s)
	}
	return sources
}

// TestRefuseMode: only files, links and directories, without special rights.
func TestRefuseMode(t *testing.T) {
	for _, mode := range []fs.FileMode{
		fs.ModeSetuid | 0o755, fs.ModeSetgid | 0o755, fs.ModeSticky | 0o755,
		fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice, fs.ModeNamedPipe, fs.ModeSocket, fs.ModeIrregular,
	} {
		_, err := Write(t.Context(), io.Discard, sourcesOf([]forged{withMode("a", mode)}), Options{})
		wantError(t, err, ErrMode, "a")
	}
}

// TestRefuseIndex: lines that are not those that Write writes.
func TestRefuseIndex(t *testing.T) {
	const sum = "\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\ta"
	if _, err := decodeIndex([]byte(indexHead + "f\t644\t0" + sum + "\n")); err != nil {
		t.Fatal(err) // what the others differ from
	}
	for _, line := range []string{
		"", "f", "f\t", "x\ta\n", "f a\n", "\n", "l\ta\n", "d\n",
		"f\t644\t0" + sum, // no end of line
		"f\t0644\t0" + sum + "\n",
		"f\t1000\t0" + sum + "\n",
		"f\t4755\t0" + sum + "\n",
		"f\t-1\t0" + sum + "\n",
		"f\t648\t0" + sum + "\n",
		"f\t\t0" + sum + "\n",
		"f\t644\t-1" + sum + "\n",
		"f\t644\t+1" + sum + "\n",
		"f\t644\t00" + sum + "\n",
		"f\t644\t9223372036854775808" + sum + "\n",
		"f\t644\t0" + strings.ToUpper(sum) + "\n",
		"f\t644\t0" + strings.Replace(sum, "e3", "g3", 1) + "\n",
		"f\t644\t0" + strings.Replace(sum, "e3", "", 1) + "\n",
		"f\t644\n",
	} {
		index := []byte(indexHead + line)
		if line == "" {
			index = index[1:]
		}
		_, err := open(seal(nil, index, nil))
		wantError(t, err, ErrIndex)
	}
	_, err := open(seal(nil, []byte(indexHead+"d\ta\tb\n"), nil)) // a tab in a name
	wantError(t, err, ErrName)
}

// TestRefuseDirectory: a directory of the archive that says other things than the index.
func TestRefuseDirectory(t *testing.T) {
	for name, change := range map[string]func(p *place){
		"name":           func(p *place) { p.name = "c" },
		"longer name":    func(p *place) { p.name = "bb" },
		"mode":           func(p *place) { p.attr |= 0o4000 << 16 },
		"type":           func(p *place) { p.attr = (0o120777) << 16 },
		"size":           func(p *place) { p.size++ },
		"large size":     func(p *place) { p.size += max32 },
		"packed size":    func(p *place) { p.packed-- },
		"offset":         func(p *place) { p.offset++ },
		"offset of a":    func(p *place) { p.offset = 0 },
		"offset beyond":  func(p *place) { p.offset += 1 << 40 },
		"method":         func(p *place) { p.method = 8 },
		"zstd for worse": func(p *place) { p.method = zstded },
	} {
		t.Run(name, func(t *testing.T) {
			b := honest("b", "content")
			b.change = change
			_, err := open(forge(honest("a", "A"), b))
			wantError(t, err, ErrDirectory, "b")
		})
	}
}

// TestRefuseLinkContent: an archive that shows another link than is made.
func TestRefuseLinkContent(t *testing.T) {
	f := linked("a", "b")
	f.data = "c"
	_, err := open(forge(f, honest("b", ""), honest("c", "")))
	wantError(t, err, ErrDirectory, "a")
	d := dir("a")
	d.change = func(p *place) { p.crc = 1 }
	_, err = open(forge(d))
	wantError(t, err, ErrDirectory, "a")
}

// TestRefuseGaps: data that belongs to nothing.
func TestRefuseGaps(t *testing.T) {
	index := []byte(indexHead)
	_, err := open(seal([]byte("hidden"), index, nil))
	wantError(t, err, ErrLayout)
	_, err = open(seal(nil, index, []byte("hidden")))
	wantError(t, err, ErrLayout)
	whole := forge(honest("a", "A"))
	_, err = open(append([]byte("prefix"), whole...))
	wantError(t, err, ErrLayout)
}

// TestRefuseContent: data that is not what the index promises.
func TestRefuseContent(t *testing.T) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("text ", 10_000)
	pack := func(s string) string { return string(z.EncodeAll([]byte(s), nil)) }
	far := strings.Repeat(text, 1000)
	for _, test := range []struct {
		name, content, packed string
		reason                error
	}{
		{"too much", text, pack(text + "x"), ErrSize},
		{"bomb", text, pack(strings.Repeat("\x00", 64<<20)), ErrSize},
		{"too little", text, pack(text[1:]), ErrSize},
		{"nothing", text, "", ErrSize},
		{"empty", text, pack(""), ErrSize},
		{"cut short", text, pack(text)[:20], ErrCompression},
		{"not compressed", text, text[:50], ErrCompression},
		{"something behind", text, pack(text) + "x", ErrCompression},
		{"needs much memory", far, packWide(t, far, 2*maxWindow), ErrCompression},
		{"other", text, pack(strings.ToUpper(text)), ErrChecksum},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := honest("a", test.content)
			f.method, f.data = zstded, test.packed
			if test.reason != ErrChecksum {
				f.change = func(p *place) { p.crc = 0 }
			}
			wantCopyError(t, forge(f, honest("b", "B")), test.reason)
		})
	}
	t.Run("hash", func(t *testing.T) {
		f := honest("a", text)
		f.entry.Hash[31] ^= 1
		wantCopyError(t, forge(f, honest("b", "B")), ErrHash)
	})
}

// packWide compresses s with a window of that size, which says how much memory it takes to
// read it.
func packWide(t *testing.T, s string, window int) string {
	t.Helper()
	var packed bytes.Buffer
	z, err := zstd.NewWriter(&packed, zstd.WithWindowSize(window))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(z, s)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// TestEarlierWindow: the window that contents are compressed with may become smaller,
// and what was compressed before is read still.
func TestEarlierWindow(t *testing.T) {
	const earlier = 8 << 20
	text := strings.Repeat("text ", 3*earlier/5)
	f := honest("a", text)
	f.method, f.data = zstded, packWide(t, text, earlier)
	f.change = func(p *place) { p.crc = crc32.ChecksumIEEE([]byte(text)) }
	p, err := open(forge(f))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Copy(0, &b); err != nil || b.String() != text {
		t.Errorf("%d of %d bytes, %v", b.Len(), len(text), err)
	}
}

// wantCopyError checks that entry 0, "a", is refused, no more than its size was written,
// and that entry 1 can be copied still.
func wantCopyError(t *testing.T, data []byte, reason error) {
	t.Helper()
	p, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	wantError(t, p.Copy(0, &b), reason, "a: ")
	if int64(b.Len()) > p.Entries()[0].Size {
		t.Errorf("%d bytes written for %d", b.Len(), p.Entries()[0].Size)
	}
	b.Reset()
	if err := p.Copy(1, &b); err != nil || b.String() != "B" {
		t.Errorf("the next: %q, %v", b.String(), err)
	}
}

// TestRefuseEnd: things that are not a payload, or not the whole one.
func TestRefuseEnd(t *testing.T) {
	whole := forge(honest("a", "A"))
	other := bytes.Replace(whole, []byte(commentHead), []byte(strings.Replace(commentHead, "1", "2", 1)), 1)
	big := append(bytes.Clone(whole), make([]byte, 100_000)...)
	for name, test := range map[string]struct {
		data   []byte
		reason error
		part   string
	}{
		"nothing":              {nil, ErrNotPayload, "0 bytes"},
		"short":                {[]byte("PK"), ErrNotPayload, "2 bytes"},
		"other file":           {bytes.Repeat([]byte("x"), 1000), ErrNotPayload, ""},
		"other zip":            {append(le32(bytes.Repeat([]byte("x"), 500), endMagic), make([]byte, tailSize-4)...), ErrNotPayload, ""},
		"a byte more":          {append(bytes.Clone(whole), 0), ErrTrailing, "1 bytes"},
		"much more":            {append(bytes.Clone(whole), make([]byte, 500)...), ErrTrailing, "500 bytes"},
		"very much more":       {big, ErrTruncated, "no end"},
		"a byte less":          {whole[:len(whole)-1], ErrTruncated, ""},
		"no end":               {whole[:len(whole)-tailSize], ErrTruncated, ""},
		"no beginning":         {whole[1:], ErrLayout, ""},
		"only the end":         {whole[len(whole)-tailSize:], ErrLayout, ""},
		"version 2":            {other, ErrVersion, "payload 2"},
		"other index":          {bytes.Replace(whole, []byte("f\t644"), []byte("f\t744"), 1), ErrID, ""},
		"index unlike its sum": {flip(whole, bytes.LastIndex(whole, le32(nil, headerMagic))+14), ErrHeader, indexName},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(test.data)
			wantError(t, err, test.reason, test.part)
		})
	}
}

func flip(data []byte, at int) []byte {
	data = bytes.Clone(data)
	data[at] ^= 0x10
	return data
}

// TestEveryByte: no byte of a payload can change, be missing or be added without notice,
// but for bits of compressed data that say nothing: those must give the same content.
func TestEveryByte(t *testing.T) {
	small := strings.Repeat("import os\n", 50)
	sources := append(goldenSources(), file("small", 0o644, small))
	contents := map[string]string{"app": "#!/bin/sh\n", "small": small}
	data, id := write(t, sources, Options{})
	for at := range data {
		for _, bit := range []byte{1, 0x80} {
			data[at] ^= bit
			p, got, err := readAll(data)
			if err == nil && !sameTree(p, id, got, contents) {
				t.Errorf("byte %d may be wrong", at)
			}
			data[at] ^= bit
		}
		if _, _, err := readAll(data[:at]); err == nil {
			t.Errorf("may end at %d", at)
		}
	}
	for at := 0; at <= len(data); at += 7 {
		more := append(append(bytes.Clone(data[:at]), 0), data[at:]...)
		if _, _, err := readAll(more); err == nil {
			t.Errorf("may have a byte more at %d", at)
		}
	}
}

func sameTree(p *Reader, id [32]byte, got, want map[string]string) bool {
	for path, content := range want {
		if got[path] != content {
			return false
		}
	}
	return p.ID() == id
}

// TestQuote: names from anywhere do not reach a terminal as they are.
func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"a b":                    "a b",
		"größe":                  "größe",
		"":                       `""`,
		"\x1b[31m":               `"\x1b[31m"`,
		strings.Repeat("x", 300): strings.Repeat("x", 200) + "…",
	} {
		if got := quote(name); got != want {
			t.Errorf("%s, want %s", strconv.Quote(got), strconv.Quote(want))
		}
	}
}
