package store

import (
	"math"
	"slices"
)

// This file is for those who know entries of other stores: internal/oci.

// Encode returns entry.json: its SHA-256 is the hash of the entry.
func (e *Entry) Encode() []byte { return e.encode() }

// Decode reads an entry.json that a stranger may have written. What it returns can be
// given to Put: no name or link in it leads out of the entry, and its sizes add up.
func Decode(data []byte) (*Entry, error) {
	e, err := decode(data)
	if err != nil {
		return nil, err
	}
	var sum int64
	for i := range e.Files {
		f := &e.Files[i]
		if f.Size < 0 || f.Size > math.MaxInt64-sum {
			return nil, e.invalid("%s cannot have %d bytes", f.Path, f.Size)
		}
		sum += f.Size
	}
	if sum != e.Size {
		return nil, e.invalid("its files have %d bytes, and not %d", sum, e.Size)
	}
	for soname, id := range e.Resolved {
		if !IsID(id) {
			return nil, e.invalid("%q is resolved against %q, which is no entry", soname, id)
		}
	}
	return e, nil
}

// Has tells whether the store has an entry, by its ID.
func (s *Store) Has(id string) bool {
	_, err := s.loadHead(id)
	return IsID(id) && err == nil
}

// IsID tells whether s could be the ID of an entry.
func IsID(s string) bool {
	_, ok := parseID(s)
	return ok
}

// Valid tells whether h is a hash at all.
func (h Hash) Valid() bool {
	_, ok := h.bytes()
	return ok
}

// Match returns those of IDs, of this store or of another, that a pattern may mean,
// sorted as Entries are. See Find.
func Match(ids []string, pattern string) []string {
	var list []ident
	for _, s := range ids {
		if id, ok := parseID(s); ok {
			list = append(list, id)
		}
	}
	slices.SortFunc(list, ident.order)
	var found []string
	for _, id := range match(list, pattern) {
		found = append(found, id.String())
	}
	return found
}
