package oci

import (
	"context"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Sync makes the entries that the patterns mean, all without any, be on both sides:
// pushes those that the repository lacks and pulls those that the store lacks. A
// pattern may mean several here.
func (r *Registry) Sync(ctx context.Context, s *store.Store, patterns []string) (pushed, pulled []Moved, err error) {
	entries, err := s.Heads()
	if err != nil {
		return nil, nil, err
	}
	var here []string
	for _, e := range entries {
		here = append(here, e.ID())
	}
	there, err := r.IDs(ctx)
	if err != nil {
		return nil, nil, err
	}
	chosen, err := r.chosen(append(slices.Clone(here), there...), patterns)
	if err != nil {
		return nil, nil, err
	}
	var push []*store.Entry
	var pull []string
	for _, id := range chosen {
		if !slices.Contains(here, id) {
			pull = append(pull, id)
			continue
		}
		if slices.Contains(there, id) {
			continue
		}
		e, err := s.Find(id)
		if err != nil {
			return nil, nil, err
		}
		push = append(push, e)
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
