package oci

import (
	"cmp"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Where the stream of an entry's contents is cut into layers. Measured on numpy (1008
// contents, 58 MB; 2.3.4 → 2.3.5; one edited module) and a Go program with numpy (589
// contents, 76 MB; one line of it changed), compressed:
//
//	                                   numpy           upgrade    edit     program
//	all in one blob                    1 blob 13.9 MB  13.9 MB  13924 kB  24501 kB
//	a blob for each content         1008 blobs 14.7 MB 10.2 MB     30 kB   1016 kB
//	cut by content, 1 MiB on average  38 blobs 15.3 MB 14.3 MB    502 kB   1556 kB
//	small ones by directory          126 blobs 14.2 MB 11.2 MB    109 kB   1016 kB
//	this                             101 blobs 14.4 MB 10.7 MB     33 kB   1016 kB
//
// To cut inside of large files by content gains nothing: they are native code, in which
// a change shifts addresses everywhere.
const (
	// large is the size from which a content has blobs of its own. It is part of the
	// format: the larger ones come last.
	large = 128 << 10
	// part is how much of a large content is in one blob, and the most that one has.
	part = 8 << 20
)

// span is a part of the stream.
type span struct{ start, size int64 }

func (s span) end() int64 { return s.start + s.size }

// overlaps tells whether two parts have a byte in common.
func (s span) overlaps(other span) bool {
	return max(s.start, other.start) < min(s.end(), other.end())
}

// content is one of an entry's, at its place in the stream of them.
type content struct {
	span
	hash       store.Hash
	executable bool   // it is, in the first file that has it
	path       string // of that file
}

// contentsOf returns the contents of an entry in the order of the stream, and its
// length.
func contentsOf(e *store.Entry) (list []content, total int64) {
	seen := map[store.Hash]bool{}
	for i := range e.Files {
		f := &e.Files[i]
		if f.Object == "" || seen[f.Object] {
			continue
		}
		seen[f.Object] = true
		list = append(list, content{span{size: f.Size}, f.Object, f.Executable, f.Path})
	}
	slices.SortStableFunc(list, func(a, b content) int { return cmp.Compare(rank(a), rank(b)) })
	for i := range list {
		list[i].start = total
		total += list[i].size
	}
	return list, total
}

func rank(c content) int {
	if c.size < large {
		return 0
	}
	return 1
}

// piece is what one layer has: whole contents, or a part of one.
type piece struct {
	span
	contents []content
}

// layout cuts the stream. A pack of small contents ends with one whose hash ends in
// zero: every sixteenth, and the same ones whatever stands before and after them, so
// that a change, an addition or a removal concerns one pack.
func layout(contents []content) (pieces []piece) {
	var pack piece
	flush := func() {
		if len(pack.contents) > 0 {
			pieces = append(pieces, pack)
		}
		pack = piece{}
	}
	for _, c := range contents {
		if c.size >= large || pack.size+c.size > part {
			flush()
		}
		if c.size >= large {
			for at := c.start; at < c.end(); at += part {
				pieces = append(pieces, piece{span{at, min(part, c.end()-at)}, []content{c}})
			}
			continue
		}
		if len(pack.contents) == 0 {
			pack.start = c.start
		}
		pack.contents = append(pack.contents, c)
		pack.size += c.size
		if c.hash[len(c.hash)-1] == '0' {
			flush()
		}
	}
	flush()
	return pieces
}
