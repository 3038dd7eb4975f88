package env

import (
	"context"
	"path"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Part is a file or symbolic link of an environment that is to lie elsewhere than
// among a user's environments.
type Part struct {
	Path  string     // below the environment's directory
	Entry string     // ID of the entry that it is from; "" for links that are made here
	File  store.File // as it is there; of a link, Link is what it says here
}

// Parts says of which files an environment of these entries, by ID, would consist.
// What an environment writes for shells and installers, which would change it, is left
// out: it names the place where it is.
func (s *Set) Parts(ctx context.Context, ids ...string) ([]Part, error) {
	var spec Spec
	for _, id := range ids {
		spec.Wanted = append(spec.Wanted, Wanted{Request: id, Entry: id, Pinned: true})
	}
	p, err := s.plan(ctx, ".", spec)
	if err != nil {
		return nil, err
	}
	var parts []Part
	for _, it := range p.sorted() {
		switch {
		case it.link != "":
			parts = append(parts, Part{Path: it.path, Entry: it.entry, File: store.File{Path: path.Base(it.path), Link: it.link}})
		case it.from != "":
			parts = append(parts, Part{Path: it.path, Entry: it.entry, File: it.file})
		}
	}
	return parts, nil
}
