package assemble

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// inspect looks for paths of this machine in the finished tree. They do no harm
// to most programs, so the build goes on, but it says so. What is below python/ is
// looked at once.
func (b *builder) inspect(ctx context.Context, dist *pydist.Dist, dir string) error {
	m, err := bundle.ReadManifest(dir)
	if err != nil {
		return err
	}
	store, err := kept.Open()
	if err != nil {
		return err
	}
	needles, err := b.needles(dist)
	if err != nil {
		return err
	}
	hits, ok, err := b.keptHits(store, dist, m)
	if err != nil {
		return err
	}
	if ok {
		for _, e := range m.Files {
			if e.Kind == bundle.Program {
				more, err := bundle.ScanFile(dir, e.Path, needles)
				if err != nil {
					return err
				}
				hits = append(more, hits...)
			}
		}
		b.tellHits(hits)
		return nil
	}
	if hits, err = bundle.Scan(ctx, dir, needles); err != nil {
		return err
	}
	b.tellHits(hits)
	return b.keepHits(store, dist, m, hits)
}

// inspectPlan is inspect of a tree that is not written, of which nothing is kept.
func (b *builder) inspectPlan(ctx context.Context, store *kept.Store, dist *pydist.Dist, plan *bundle.Plan, m *bundle.Manifest) error {
	needles, err := b.needles(dist)
	if err != nil {
		return err
	}
	hits, err := plan.Scan(ctx, m, needles)
	if err != nil {
		return err
	}
	b.tellHits(hits)
	return b.keepHits(store, dist, m, hits)
}

// needles are the paths that are looked for.
func (b *builder) needles(dist *pydist.Dist) ([]string, error) {
	root, err := cachedir.Root()
	if err != nil {
		return nil, err
	}
	needles := []string{root, dist.Prefix, dist.BasePrefix, os.TempDir() + "/llgo-py-"}
	if m := b.prog.Main.Module; m != nil {
		needles = append(needles, m.Dir)
	}
	return needles, nil
}

func (b *builder) tellHits(hits []bundle.Hit) {
	for _, h := range hits {
		where := h.Path
		if h.Module != "" {
			where = "module " + h.Module
		}
		b.Reporter.Warn(fmt.Sprintf("%s contains a path of this machine: %s", where, h.Needle))
	}
}

// keptHits returns what was found in a tree of that manifest, its program aside.
func (b *builder) keptHits(store *kept.Store, dist *pydist.Dist, m *bundle.Manifest) (hits []bundle.Hit, ok bool, err error) {
	key, err := b.hitsKey(dist, m)
	if err != nil {
		return nil, false, err
	}
	data, ok := store.Bytes(key)
	if !ok || json.Unmarshal(data, &hits) != nil {
		return nil, false, nil
	}
	return hits, true, nil
}

func (b *builder) keepHits(store *kept.Store, dist *pydist.Dist, m *bundle.Manifest, hits []bundle.Hit) error {
	key, err := b.hitsKey(dist, m)
	if err != nil {
		return err
	}
	hits = slices.DeleteFunc(slices.Clone(hits), func(h bundle.Hit) bool { return h.Path == m.Program })
	data, err := json.Marshal(hits)
	if err != nil {
		return err
	}
	return store.KeepBytes(key, data)
}

func (b *builder) hitsKey(dist *pydist.Dist, m *bundle.Manifest) (kept.Key, error) {
	needles, err := b.needles(dist)
	if err != nil {
		return kept.Key{}, err
	}
	self, err := b.tool()
	if err != nil {
		return kept.Key{}, err
	}
	rest := *m
	rest.Files = slices.DeleteFunc(slices.Clone(m.Files), func(e bundle.Entry) bool { return e.Kind == bundle.Program })
	rest.Distributions = append([]bundle.Distribution{}, m.Distributions...) // none, read or not, is the same
	all, err := json.Marshal([]any{needles, rest})
	return kept.NewKey("paths of this machine", all, self), err
}
