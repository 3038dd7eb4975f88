package oci

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// entryOf is an entry that lists contents of these sizes, and nothing else.
func entryOf(sizes map[string]int64) *store.Entry {
	e := &store.Entry{Schema: 1, Name: "x", Version: "1"}
	for i := range len(sizes) * 2 {
		path := fmt.Sprintf("f%05d", i)
		if size, ok := sizes[path]; ok {
			sum := sha256.Sum256(fmt.Append(nil, path, size))
			e.Files = append(e.Files, store.File{Path: path, Object: store.Hash(hex.EncodeToString(sum[:])), Size: size})
		}
	}
	return e
}

func someSizes(n int) map[string]int64 {
	r := rand.New(rand.NewPCG(7, 7))
	sizes := map[string]int64{}
	for i := range n {
		size := r.Int64N(20_000)
		switch i % 97 {
		case 0:
			size = 0
		case 1:
			size = large + r.Int64N(3*part)
		}
		sizes[fmt.Sprintf("f%05d", i)] = size
	}
	return sizes
}

// The pieces are the stream, whole and in order, and none is larger than it may be.
func TestLayoutCoversTheStream(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 500} {
		contents, total := contentsOf(entryOf(someSizes(n)))
		var at int64
		for _, p := range layout(contents) {
			if p.start != at || p.size > part || len(p.contents) == 0 {
				t.Fatalf("%d contents: a piece at %d of %d bytes, expected at %d", n, p.start, p.size, at)
			}
			if len(p.contents) > 1 && (p.contents[0].start != p.start || p.contents[len(p.contents)-1].end() != p.end()) {
				t.Errorf("a pack of %d contents is not whole", len(p.contents))
			}
			at += p.size
		}
		if at != total {
			t.Errorf("%d contents: %d bytes of %d", n, at, total)
		}
	}
}

// A change, an addition and a removal concern two packs at most, each.
func TestLayoutIsStable(t *testing.T) {
	sizes := someSizes(800)
	before := packs(sizes)
	for what, change := range map[string]func(){
		"a change":    func() { sizes["f00300"]++ },
		"an addition": func() { sizes["f00800"] = 1000 },
		"a removal":   func() { delete(sizes, "f00500") },
	} {
		change()
		after := packs(sizes)
		fresh := 0
		for pack := range after {
			if !before[pack] {
				fresh++
			}
		}
		if fresh > 2 {
			t.Errorf("%s: %d of %d packs are new", what, fresh, len(after))
		}
		before = after
	}
}

func packs(sizes map[string]int64) map[string]bool {
	contents, _ := contentsOf(entryOf(sizes))
	list := map[string]bool{}
	for _, p := range layout(contents) {
		key := fmt.Sprint(p.start-p.contents[0].start, p.size)
		for _, c := range p.contents {
			key += string(c.hash)
		}
		list[key] = true
	}
	return list
}
