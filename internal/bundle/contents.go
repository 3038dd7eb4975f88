package bundle

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"path"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
)

// Content is an entry of a tree that is read where it comes from: what goes into an
// archive need not be written as files first.
type Content struct {
	// Entry is that of the manifest. Of the manifest itself and of directories it has the
	// path, and a mode, alone.
	Entry
	IsDir  bool   // a directory with nothing in it; others are implied
	Source string // the file that has the content, "" if there is none
	// Open opens the content of a file.
	Open func() (io.ReadCloser, error)
}

// Contents are all that the tree of a plan has, of which Describe returned the manifest.
func (p *Plan) Contents(m *Manifest) ([]Content, error) {
	var all []Content
	full := map[string]bool{}
	for i := range p.items {
		it := &p.items[i]
		all = append(all, Content{Entry: m.Files[i], Source: it.source, Open: it.open})
		for dir := path.Dir(it.Path); dir != "." && !full[dir]; dir = path.Dir(dir) {
			full[dir] = true
		}
	}
	data, err := m.encode()
	if err != nil {
		return nil, err
	}
	all = append(all, Content{
		Entry: Entry{Path: ManifestPath, Mode: "0644", Size: int64(len(data))},
		Open:  func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	})
	for _, dir := range p.dirs() {
		if !full[dir] {
			all = append(all, Content{Entry: Entry{Path: dir}, IsDir: true})
		}
	}
	return all, nil
}

// Scan is the function of that name, of the tree of a plan.
func (p *Plan) Scan(ctx context.Context, m *Manifest, needles []string) ([]Hit, error) {
	needles = worthLooking(needles)
	contents, err := p.Contents(m)
	if err != nil {
		return nil, err
	}
	hits := make([][]Hit, len(contents))
	err = parallel.Each(ctx, len(contents), func(i int) (err error) {
		hits[i], err = contents[i].scan(needles)
		return err
	})
	if err != nil {
		return nil, err
	}
	all := slices.Concat(hits...)
	for _, dir := range p.dirs() {
		all = append(all, scanNames(dir, []string{dir}, needles)...)
	}
	return sorted(inModules(m, p.sourceOf(m.ModuleFile), all)), nil
}

func (c *Content) scan(needles []string) ([]Hit, error) {
	if c.IsDir {
		return nil, nil // among all directories
	}
	if c.Kind == Symlink {
		return scanNames(c.Path, []string{c.Path, c.Link}, needles), nil
	}
	hits := scanNames(c.Path, []string{c.Path}, needles)
	r, err := c.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	inside, err := scanContent(r, c.Path, needles, c.Size)
	return append(hits, inside...), err
}

// sourceOf is the file that an item is copied from, "" if there is none.
func (p *Plan) sourceOf(name string) string {
	i, found := slices.BinarySearchFunc(p.items, name, func(it item, name string) int { return cmp.Compare(it.Path, name) })
	if !found {
		return ""
	}
	return p.items[i].source
}
