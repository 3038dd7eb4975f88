package oci

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Pull receives entries by their IDs, and before each what it was resolved against.
// Contents that the store has are not received again; those that it has wrong are
// repaired.
func (r *Registry) Pull(ctx context.Context, s *store.Store, ids []string) ([]Moved, error) {
	p := &pull{r: r, store: s, asked: ids, done: map[string]bool{}}
	for _, id := range ids {
		if err := p.entry(ctx, id); err != nil {
			return p.moved, err
		}
	}
	return p.moved, nil
}

// pull is one call of Pull.
type pull struct {
	r     *Registry
	store *store.Store
	asked []string
	done  map[string]bool
	moved []Moved
}

// entry receives one entry after those that it needs.
func (p *pull) entry(ctx context.Context, id string) error {
	if p.done[id] {
		return nil
	}
	p.done[id] = true
	d, err := p.describe(ctx, id)
	if err != nil {
		return p.r.explain(id, err)
	}
	for _, needed := range slices.Sorted(maps.Values(d.entry.Resolved)) {
		if err := p.entry(ctx, needed); err != nil {
			return err
		}
	}
	moved, err := d.receive(ctx)
	if err != nil {
		return p.r.explain(id, err)
	}
	moved.Asked = slices.Contains(p.asked, id)
	p.moved = append(p.moved, *moved)
	return p.r.remember(d.entry.Name)
}

// download is an entry of which everything is known but the contents.
type download struct {
	*pull
	id       string
	manifest *manifest
	entry    *store.Entry
	received atomic.Int64

	contents []content
	total    int64
	at       map[store.Hash]int    // in contents
	local    map[store.Hash]string // contents that the store has, verified → a file
	layers   []span

	mu     sync.Mutex
	opened map[int][]byte // decompressed packs
	held   int            // their bytes
}

// describe reads the manifest and entry.json, and believes neither more than it has to.
func (p *pull) describe(ctx context.Context, id string) (*download, error) {
	var m *manifest
	err := p.r.again(ctx, isNotThere, func() (err error) {
		m, err = p.r.manifest(ctx, tagOf(id))
		return err
	})
	if isNotThere(err) {
		return nil, &Error{Text: fmt.Sprintf("%s has no entry %s", p.r.address, id)}
	}
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(id, ","+m.Config.Digest.Hex[:16]) {
		return nil, &Error{Text: fmt.Sprintf("%s has another entry by the name of %s", p.r.address, id)}
	}
	d := &download{pull: p, id: id, manifest: m, at: map[store.Hash]int{}, local: map[store.Hash]string{}, opened: map[int][]byte{}}
	data, n, err := p.r.fetch(ctx, m.Config)
	if err != nil {
		return nil, err
	}
	d.received.Add(n)
	if d.entry, err = store.Decode(data); err != nil {
		return nil, &Error{Text: fmt.Sprintf("entry.json of %s: %v", id, err)}
	}
	if d.entry.ID() != id {
		return nil, &Error{Text: fmt.Sprintf("%s has another entry by the name of %s: %s", p.r.address, id, d.entry.ID())}
	}
	d.contents, d.total = contentsOf(d.entry)
	for i, c := range d.contents {
		d.at[c.hash] = i
	}
	if d.layers, err = m.spans(d.total); err != nil {
		return nil, &Error{Text: id + ": " + err.Error()}
	}
	return d, nil
}

// receive gets what the store lacks and gives the store the entry.
func (d *download) receive(ctx context.Context) (*Moved, error) {
	there := d.store.Has(d.id)
	wrong, err := d.compare(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.prefetch(ctx); err != nil {
		return nil, err
	}
	open := func(f *store.File) (io.ReadCloser, error) { return d.open(ctx, f.Object) }
	if _, err := d.store.Put(ctx, d.entry, open); err != nil {
		return nil, d.r.refused(err)
	}
	for _, layer := range append(d.manifest.Layers, d.manifest.Config) {
		d.r.kept.Remove(blobKey(layer.Digest))
	}
	m := &Moved{ID: d.id, Size: d.total, Blobs: len(d.layers), Bytes: d.received.Load(), There: there}
	if there {
		m.Repaired = wrong
	}
	return m, nil
}

// compare verifies the contents that the store has, and counts the files that are not
// there, or wrong. A content that it has in one form, executable or not, need not be
// received for the other.
func (d *download) compare(ctx context.Context) (wrong int, err error) {
	task := d.r.reporter.Phase("compare "+d.id, 0)
	defer task.Done()
	type form struct {
		hash       store.Hash
		executable bool
	}
	forms := map[form]string{}
	for _, c := range d.contents {
		for _, executable := range []bool{false, true} {
			forms[form{c.hash, executable}] = ""
		}
	}
	list := slices.Collect(maps.Keys(forms))
	found := make([]string, len(list))
	err = objects.Parallel(len(list), func(i int) error {
		file := d.store.Object(list[i].hash, list[i].executable)
		if sum, err := store.HashOfFile(file); err == nil && sum == list[i].hash {
			found[i] = file
		}
		return ctx.Err()
	})
	for i, f := range list {
		if forms[f] = found[i]; found[i] != "" {
			d.local[f.hash] = found[i]
		}
	}
	counted := map[form]bool{}
	for _, f := range d.entry.Files {
		if f := (form{f.Object, f.Executable}); f.hash != "" && forms[f] == "" && !counted[f] {
			counted[f] = true
			wrong++
		}
	}
	return wrong, err
}

// prefetch receives the layers that are needed into the cache, several at once, while
// nobody waits for the store. A blob that is there stays there: a pull that is killed
// goes on with the next one.
func (d *download) prefetch(ctx context.Context) error {
	needed := map[int]string{}
	for _, c := range d.contents {
		if d.local[c.hash] != "" {
			continue
		}
		for i, layer := range d.layers {
			if layer.overlaps(c.span) {
				needed[i] = c.path
			}
		}
	}
	if len(needed) == 0 {
		return nil
	}
	task := d.r.reporter.Phase("pull "+d.id, len(needed))
	defer task.Done()
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(jobs)
	for _, i := range slices.Sorted(maps.Keys(needed)) {
		group.Go(func() error {
			_, n, err := d.r.fetch(ctx, d.manifest.Layers[i])
			d.received.Add(n)
			task.Step(int(done.Add(1)), needed[i])
			return err
		})
	}
	return group.Wait()
}

// open returns a content: the store's own, or what was received of it. Whether it is
// that content, the store finds out.
func (d *download) open(ctx context.Context, h store.Hash) (io.ReadCloser, error) {
	if file := d.local[h]; file != "" {
		if f, err := os.Open(file); err == nil {
			return f, nil
		}
	}
	return io.NopCloser(&layersReader{ctx: ctx, d: d, rest: d.contents[d.at[h]].span}), nil
}

// layersReader reads a part of the stream.
type layersReader struct {
	ctx  context.Context
	d    *download
	rest span
	data []byte // of the present layer
}

func (r *layersReader) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		if r.rest.size == 0 {
			return 0, io.EOF
		}
		i := slices.IndexFunc(r.d.layers, func(layer span) bool { return layer.overlaps(r.rest) })
		data, err := r.d.layer(r.ctx, i)
		if err != nil {
			return 0, r.d.r.explain(r.d.id, err)
		}
		from := r.rest.start - r.d.layers[i].start
		size := min(r.rest.end(), r.d.layers[i].end()) - r.rest.start
		r.data = data[from : from+size]
		r.rest = span{r.rest.start + size, r.rest.size - size}
	}
	n := copy(p, r.data)
	r.data = r.data[n:]
	return n, nil
}

// maxHeld is how many bytes of decompressed layers are kept at hand: the store asks for
// the contents of a pack one by one.
const maxHeld = 64 << 20

// layer returns a layer, decompressed.
func (d *download) layer(ctx context.Context, i int) ([]byte, error) {
	d.mu.Lock()
	data, ok := d.opened[i]
	d.mu.Unlock()
	if ok {
		return data, nil
	}
	compressed, n, err := d.r.fetch(ctx, d.manifest.Layers[i])
	if err != nil {
		return nil, err
	}
	d.received.Add(n)
	if data, err = decompress(compressed, d.layers[i].size); err != nil {
		return nil, &Error{Text: fmt.Sprintf("layer %d of %s: %v", i, d.id, err)}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held += len(data); d.held > maxHeld {
		clear(d.opened)
		d.held = len(data)
	}
	d.opened[i] = data
	return data, nil
}

// decompress makes no more of data than size bytes, whatever it says.
func decompress(data []byte, size int64) ([]byte, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxLayer))
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	content, err := decoder.DecodeAll(data, make([]byte, 0, size))
	if err == nil && int64(len(content)) != size {
		err = fmt.Errorf("%d bytes instead of %d", len(content), size)
	}
	return content, err
}
