package payload

import (
	"encoding/hex"
	"io/fs"
	"strconv"
	"strings"
)

const (
	indexName = "llgo-py.index"
	indexHead = "llgo-py payload 1\n"
	// A line has at least the kind, a tab, one byte of a path and the end of line.
	minLine = 4
)

// encodeIndex returns the one index of a tree. See the package comment.
func encodeIndex(entries []Entry) []byte {
	size := len(indexHead)
	for i := range entries {
		size += len(entries[i].Path) + len(entries[i].Target) + 96
	}
	b := append(make([]byte, 0, size), indexHead...)
	for i := range entries {
		b = append(entries[i].appendLine(b), '\n')
	}
	return b
}

func (e *Entry) appendLine(b []byte) []byte {
	switch e.Mode.Type() {
	case fs.ModeSymlink:
		b = append(append(b, "l\t"...), e.Path...)
		return append(append(b, '\t'), e.Target...)
	case fs.ModeDir:
		return append(append(b, "d\t"...), e.Path...)
	}
	b = strconv.AppendUint(append(b, "f\t"...), uint64(e.Mode.Perm()), 8)
	b = strconv.AppendInt(append(b, '\t'), e.Size, 10)
	b = append(b, '\t')
	at := len(b)
	b = append(b, make([]byte, hex.EncodedLen(len(e.Hash)))...)
	hex.Encode(b[at:], e.Hash[:])
	return append(append(b, '\t'), e.Path...)
}

// decodeIndex returns the tree of an index, checked.
func decodeIndex(data []byte) ([]Entry, error) {
	text := string(data) // one allocation for all names
	if !strings.HasPrefix(text, indexHead) {
		return nil, bad(ErrIndex, "", "it does not begin as one")
	}
	text = text[len(indexHead):]
	entries := make([]Entry, 0, strings.Count(text, "\n"))
	for text != "" {
		line, rest, whole := strings.Cut(text, "\n")
		e, ok := decodeLine(line)
		if !ok || !whole {
			return nil, bad(ErrIndex, "", "line "+strconv.Itoa(len(entries)+2))
		}
		entries = append(entries, e)
		text = rest
	}
	return entries, checkTree(entries)
}

// decodeLine decodes a line, and only the one that appendLine makes of the entry.
func decodeLine(line string) (e Entry, ok bool) {
	if len(line) < minLine-1 || line[1] != '\t' {
		return e, false
	}
	kind, line := line[0], line[2:]
	switch kind {
	case 'd':
		return Entry{Path: line, Mode: dirMode}, true
	case 'l':
		e.Mode = linkMode
		e.Path, e.Target, ok = strings.Cut(line, "\t")
		return e, ok
	case 'f':
		return decodeFile(line)
	}
	return e, false
}

func decodeFile(line string) (e Entry, ok bool) {
	mode, line, _ := strings.Cut(line, "\t")
	size, line, _ := strings.Cut(line, "\t")
	sum, path, _ := strings.Cut(line, "\t")
	perm, err := strconv.ParseUint(mode, 8, 9)
	if err != nil || strconv.FormatUint(perm, 8) != mode {
		return e, false
	}
	e.Size, err = strconv.ParseInt(size, 10, 64)
	if err != nil || e.Size < 0 || strconv.FormatInt(e.Size, 10) != size {
		return e, false
	}
	e.Hash, ok = decodeHash(sum)
	e.Path, e.Mode = path, fs.FileMode(perm)
	return e, ok
}

// decodeHash decodes lower-case hexadecimal: there is one way to write an id.
func decodeHash(text string) (h [32]byte, ok bool) {
	if len(text) != 2*len(h) || strings.ToLower(text) != text {
		return h, false
	}
	_, err := hex.Decode(h[:], []byte(text))
	return h, err == nil
}
