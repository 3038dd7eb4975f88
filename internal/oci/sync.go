package oci

import (
	"context"
	"maps"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Plan says what Sync would do: which entries the repository lacks, and the IDs of those
// that the store lacks, of the entries that the patterns mean; of all without any.
// A pattern may mean several here.
func (r *Registry) Plan(ctx context.Context, s *store.Store, patterns []string) (push []*store.Entry, pull []string, err error) {
	entries, err := s.Heads()
	if err != nil {
		return nil, nil, err
	}
	here, there := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		here[e.ID()] = true
	}
	ids, err := r.IDs(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		there[id] = true
	}
	chosen, err := r.chosen(slices.AppendSeq(ids, maps.Keys(here)), patterns)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range chosen {
		switch {
		case !here[id]:
			pull = append(pull, id)
		case !there[id]:
			e, err := s.Find(id)
			if err != nil {
				return nil, nil, err
			}
			push = append(push, e)
		}
	}
	return push, pull, nil
}

// Sync makes the entries that the patterns mean be on both sides, see Plan.
func (r *Registry) Sync(ctx context.Context, s *store.Store, patterns []string) (pushed, pulled []Moved, err error) {
	push, pull, err := r.Plan(ctx, s, patterns)
	if err != nil {
		return nil, nil, err
	}
	if pushed, err = r.Push(ctx, s, push); err != nil {
		return pushed, nil, err
	}
	pulled, err = r.Pull(ctx, s, pull)
	return pushed, pulled, err
}

// chosen are the IDs that patterns mean, each once and in order.
func (r *Registry) chosen(ids, patterns []string) ([]string, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(patterns) == 0 {
		return ids, nil
	}
	var list []string
	for _, pattern := range patterns {
		found := store.Match(ids, pattern)
		if len(found) == 0 {
			return nil, &Error{Text: "neither the store nor " + r.address.String() + " has an entry " + pattern}
		}
		list = append(list, found...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}
