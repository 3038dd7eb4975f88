package env

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/durable"
	"github.com/llgo-pypack/llgo-pypack/internal/links"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// plan works out a generation, without changing anything on the disk but that the
// store keeps the entries while this process runs.
func (s *Set) plan(ctx context.Context, name string, spec Spec) (*Plan, error) {
	p := newPlan(s.Home(name), spec, s.store)
	var err error
	if p.members, err = members(s.store, spec); err != nil {
		return nil, err
	}
	for _, complete := range s.complete {
		more, err := complete(ctx, p.Members())
		if err != nil {
			return nil, err
		}
		p.members = append(p.members, more...)
	}
	placed := map[string]bool{}
	for _, layer := range s.layers {
		if members := p.Members(layer.kinds...); len(members) > 0 {
			if err := layer.lay(p, members); err != nil {
				return nil, err
			}
		}
		for _, kind := range layer.kinds {
			placed[kind] = true
		}
	}
	for _, m := range p.members {
		if !placed[m.Entry.Kind] {
			return nil, fmt.Errorf("%s: an environment has no place for entries of kind %s", m.Entry.ID(), m.Entry.Kind)
		}
	}
	for _, src := range spec.Sources {
		p.Symlink(Laid{}, filepath.ToSlash(filepath.Join("src", src.Name)), src.Dir)
	}
	return p, p.layLibraries()
}

// record is environment.json of a plan, as far as a plan knows.
func (p *Plan) record(name string) (*Environment, error) {
	missing, err := p.missing()
	e := &Environment{
		Schema: schema, Name: name, Spec: p.Spec, Path: p.search, Rule: Rule,
		Conflicts: p.decided(), Missing: missing, Files: len(p.items),
	}
	for _, m := range p.members {
		e.Members = append(e.Members, m.Member)
	}
	return e, err
}

// build makes generation e.Generation from a plan, complete or not at all. What keeps
// it right, in order:
//
//  1. Root. From here on gc leaves the entries alone; Root fails if one is gone.
//  2. Links, in work/. A kill leaves work/ and the root; the next change sweeps both.
//  3. Disk. All of it is there after a power cut.
//  4. Rename to generations/<n>. The generation is complete.
//
// Making it the current one is another step.
func (s *Set) build(ctx context.Context, p *Plan, e *Environment) error {
	s.fault("root")
	if err := s.store.Root(root(e.Name, e.Generation), e.IDs()); err != nil {
		return err
	}
	work := s.Dir(e.Name, workDir, "generation")
	s.fault("mkdir work")
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	if err := s.place(ctx, p, e, work); err != nil {
		return err
	}
	data, err := e.encode()
	if err != nil {
		return err
	}
	s.fault("record")
	if err := os.WriteFile(filepath.Join(work, recordName), data, 0o644); err != nil {
		return err
	}
	s.fault("sync")
	if err := durable.Tree(work); err != nil {
		return err
	}
	final := s.generation(e.Name, e.Generation)
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return err
	}
	s.fault("rename generation")
	if err := os.Rename(work, final); err != nil {
		return err
	}
	return durable.File(filepath.Dir(final))
}

// place makes the directories and files of a plan below dir, and takes down how.
func (s *Set) place(ctx context.Context, p *Plan, e *Environment, dir string) error {
	for _, d := range slices.Sorted(maps.Keys(p.dirs)) {
		s.fault("mkdir")
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(d)), 0o755); err != nil {
			return err
		}
	}
	e.Ways = map[string]int{}
	for _, it := range p.sorted() {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.fault("place")
		way, copied, err := it.place(filepath.Join(dir, filepath.FromSlash(it.path)))
		if err != nil {
			return err
		}
		e.Ways[way]++
		e.Copied += copied
	}
	return nil
}

// place makes one file; it tells how, and how many bytes it copied.
func (it *item) place(to string) (way string, copied int64, err error) {
	switch {
	case it.link != "":
		return "alias", 0, os.Symlink(it.link, to)
	case it.from == "":
		return "written", int64(len(it.content)), os.WriteFile(to, it.content, it.mode)
	}
	w, err := links.Place(it.from, to, it.how)
	if err != nil {
		return "", 0, fmt.Errorf("%w (of %s; llgo py store verify)", err, it.entry)
	}
	if w == links.Copy {
		info, err := os.Stat(to)
		if err != nil {
			return "", 0, err
		}
		copied = info.Size()
	}
	return w.String(), copied, nil
}

// members of a spec must be entries of this store.
var _ catalogue = (*store.Store)(nil)
