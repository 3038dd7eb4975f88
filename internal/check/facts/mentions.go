package facts

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Needles are the beginnings of paths that belong to somebody's machine. What is
// found is raw: /home/runner in a wheel from the registry is no secret of the one who
// checks it. Rules decide.
var Needles = []string{"/home/", "/Users/", "/root/", "/tmp/", "/var/folders/"}

const (
	maxMentionLen = 256 // of a path, in bytes
	maxMentions   = 50  // different ones of a file
)

// A scanner looks for paths in a stream. It is told the stream piece by piece and
// remembers the end of each, where a path may have begun.
type scanner struct {
	needles [][]byte
	found   map[string]*Mention
	held    []byte // the end of what was seen
	offset  int64  // of held in the stream
	next    int64  // no hit before this offset counts: it was counted
}

func newScanner(needles []string) *scanner {
	s := &scanner{found: map[string]*Mention{}}
	for _, n := range needles {
		s.needles = append(s.needles, []byte(n))
	}
	return s
}

// Write looks at the next piece.
func (s *scanner) Write(piece []byte) (int, error) {
	data := append(s.held, piece...)
	keep := min(len(data), maxMentionLen+1) // a byte before the path, to see that it begins there
	s.scan(data, len(data)-keep)
	s.offset += int64(len(data) - keep)
	s.held = append(s.held[:0], data[len(data)-keep:]...)
	return len(piece), nil
}

// result ends the stream and returns what is in it, by offset.
func (s *scanner) result() []Mention {
	s.scan(s.held, len(s.held))
	var all []Mention
	for _, m := range s.found {
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b Mention) int { return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Path, b.Path)) })
	return all
}

// scan notes the paths that begin before limit: those behind it are not whole yet.
func (s *scanner) scan(data []byte, limit int) {
	for _, needle := range s.needles {
		for at := 0; at < limit; {
			i := bytes.Index(data[at:min(len(data), limit+len(needle))], needle)
			if i < 0 || at+i >= limit {
				break
			}
			at += i
			if s.offset+int64(at) >= s.next && beginsAt(data, at) {
				s.note(data, at, len(needle))
			}
			at++
		}
	}
	s.next = max(s.next, s.offset+int64(limit))
}

func (s *scanner) note(data []byte, at, least int) {
	end := at
	for end < len(data) && end-at < maxMentionLen && isPathByte(data[end]) {
		end++
	}
	if end-at <= least && data[end-1] == '/' {
		return // "/tmp/" by itself names no machine
	}
	// In byte code the next thing follows without a gap, and rarely is text.
	path, _, _ := strings.Cut(strings.ToValidUTF8(string(data[at:end]), "\x00"), "\x00")
	if m := s.found[path]; m != nil {
		m.Count++
		m.Offset = min(m.Offset, s.offset+int64(at))
		return
	}
	if len(s.found) < maxMentions {
		s.found[path] = &Mention{Path: path, Offset: s.offset + int64(at), Count: 1}
	}
}

// beginsAt tells whether a path begins here, and is not the middle of another:
// /usr/home/x, ./tmp/x.
func beginsAt(data []byte, at int) bool {
	if at == 0 {
		return true
	}
	b := data[at-1]
	return b != '.' && b != '-' && b != '_' && b != '}' && b != ')' && b < 0x80 && !isAlnum(b)
}

func isAlnum(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// isPathByte tells whether a path goes on with b: not with control characters, spaces,
// quotes and what ends a path in prose, configuration and URLs.
func isPathByte(b byte) bool {
	return b > ' ' && b != 0x7f && !bytes.ContainsRune([]byte("\"'`<>|;,:*?()[]{}\\"), rune(b))
}
