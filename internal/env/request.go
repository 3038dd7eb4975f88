package env

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// Asking is the edit of a spec that asks for entries, by name, version, hash or part of
// them; what was asked for before under the same name and kind is replaced.
func (s *Set) Asking(requests ...string) func(*Spec) error {
	return func(spec *Spec) error {
		for _, request := range requests {
			e, err := s.store.Find(request)
			if err != nil {
				return err
			}
			pinned := strings.Contains(request, ",") || !strings.HasPrefix(e.Name, request)
			if err := s.ask(spec, e, Wanted{request, e.ID(), pinned}); err != nil {
				return err
			}
		}
		return nil
	}
}

// AskingFor is Asking for entries that are known. Pinned says that they were asked for
// by their version.
func (s *Set) AskingFor(pinned bool, entries ...*store.Entry) func(*Spec) error {
	return func(spec *Spec) error {
		for _, e := range entries {
			if err := s.ask(spec, e, Wanted{Request: e.Name, Entry: e.ID(), Pinned: pinned}); err != nil {
				return err
			}
		}
		return nil
	}
}

// ask puts an entry last; it takes the place of another version of it.
func (s *Set) ask(spec *Spec, e *store.Entry, w Wanted) error {
	if err := s.store.Hold(e.ID()); err != nil {
		return err
	}
	if i := slices.Index(spec.Wanted, w); i >= 0 && i == len(spec.Wanted)-1 {
		return nil
	}
	spec.Wanted = slices.DeleteFunc(spec.Wanted, func(old Wanted) bool {
		have, err := s.store.Find(old.Entry)
		return err == nil && have.Name == e.Name && have.Kind == e.Kind
	})
	spec.Wanted = append(spec.Wanted, w)
	return nil
}

// NotWantedError says that an environment was not asked for what is to be changed.
type NotWantedError struct {
	Name, Request string
	CameWith      []string // IDs, if it is there for the sake of others
}

func (e *NotWantedError) Error() string {
	if len(e.CameWith) > 0 {
		return fmt.Sprintf("%s is in environment %s because of %s", e.Request, e.Name, strings.Join(e.CameWith, ", "))
	}
	return fmt.Sprintf("%s is not in environment %s", e.Request, e.Name)
}

// Hint says what to do.
func (e *NotWantedError) Hint() string { return "llgo py env show " + e.Name }

// Remove takes back what was asked for.
func (s *Set) Remove(ctx context.Context, name string, requests ...string) (*Environment, bool, error) {
	return s.Change(ctx, name, "remove "+strings.Join(requests, " "), func(spec *Spec) error {
		for _, request := range requests {
			i, err := s.index(name, spec, request)
			if err != nil {
				return err
			}
			spec.Wanted = slices.Delete(spec.Wanted, i, i+1)
		}
		return nil
	})
}

// index finds what a request means among what is wanted: an entry's ID or name, the
// request it was asked by, or a part of the ID that only one has.
func (s *Set) index(name string, spec *Spec, request string) (int, error) {
	for _, means := range []func(Wanted) bool{
		func(w Wanted) bool { return w.Entry == request || w.Request == request },
		func(w Wanted) bool { return nameOf(w.Entry) == request },
		func(w Wanted) bool {
			return strings.HasPrefix(w.Entry, request) || strings.HasPrefix(hashOf(w.Entry), request)
		},
	} {
		var found []int
		var candidates []string
		for i, w := range spec.Wanted {
			if means(w) {
				found, candidates = append(found, i), append(candidates, w.Entry)
			}
		}
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return 0, &store.AmbiguousError{Pattern: request, Candidates: candidates}
		}
	}
	missing := &NotWantedError{Name: name, Request: request}
	if e, err := s.Current(name); err == nil {
		for _, m := range e.Members {
			if nameOf(m.Entry) == request || m.Entry == request {
				missing.CameWith = m.For
			}
		}
	}
	return 0, missing
}

// The parts of an ID.
func nameOf(id string) string { name, _, _ := strings.Cut(id, ","); return name }
func hashOf(id string) string { return id[strings.LastIndex(id, ",")+1:] }

// Upgrade replaces entries by the newest of their name and kind in the store: all
// that are not pinned, or those that are named. What it would make older stays.
func (s *Set) Upgrade(ctx context.Context, name string, requests ...string) (*Environment, bool, error) {
	change := strings.TrimSpace("upgrade " + strings.Join(requests, " "))
	return s.Change(ctx, name, change, func(spec *Spec) error {
		chosen := map[int]bool{}
		for _, request := range requests {
			i, err := s.index(name, spec, request)
			if err != nil {
				return err
			}
			chosen[i] = true
		}
		heads, err := s.store.Heads()
		if err != nil {
			return err
		}
		for i := range spec.Wanted {
			w := &spec.Wanted[i]
			if chosen[i] || len(requests) == 0 && !w.Pinned {
				if err := s.upgrade(w, heads); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// upgrade makes w the newest; heads are sorted, older before newer. Of two of a
// version, what is there stays.
func (s *Set) upgrade(w *Wanted, heads []*store.Entry) error {
	have, err := s.store.Find(w.Entry)
	if err != nil {
		return err
	}
	best := have
	for _, h := range heads {
		if replaces(h, have) && store.CompareVersions(h.Version, best.Version) > 0 {
			best = h
		}
	}
	if best == have {
		return nil
	}
	w.Entry, w.Request, w.Pinned = best.ID(), best.Name, false
	return s.store.Hold(w.Entry)
}

// replaces tells whether h can be a newer version of have. What is installed for a
// Python 3.14 is not for a 3.15: another one is asked for by name, with what it needs.
func replaces(h, have *store.Entry) bool {
	if h.Name != have.Name || h.Kind != have.Kind || h.Platform != have.Platform {
		return false
	}
	return h.Kind != store.KindPython || minor(h.Version) == minor(have.Version)
}

// minor is a version up to the second number, and what makes an ABI of its own:
// "3.14", "3.14t".
func minor(version string) string {
	return abi.FindString(version) + strings.Repeat("t", strings.Count(version, "t"))
}

var abi = regexp.MustCompile(`^[0-9]+\.[0-9]+`)

// keepStep makes plain files that were asked for by themselves follow what they belong
// to: where hello is another version than before, hello-doc becomes that of it, unless
// it is pinned.
func (s *Set) keepStep(before Spec, now *Spec) error {
	heads, err := s.store.Heads()
	if err != nil {
		return err
	}
	byID := map[string]*store.Entry{}
	for _, h := range heads {
		byID[h.ID()] = h
	}
	for _, w := range slices.Clone(now.Wanted) {
		was := slices.IndexFunc(before.Wanted, func(old Wanted) bool { return nameOf(old.Entry) == nameOf(w.Entry) })
		if was < 0 || before.Wanted[was].Entry == w.Entry || byID[before.Wanted[was].Entry] == nil {
			continue
		}
		stale := companions(heads, byID[before.Wanted[was].Entry], true)
		for _, fresh := range companions(heads, byID[w.Entry], true) {
			i := slices.IndexFunc(now.Wanted, func(d Wanted) bool {
				same := func(h *store.Entry) bool { return h.ID() == d.Entry && h.Name == fresh.Name }
				return !d.Pinned && slices.ContainsFunc(stale, same)
			})
			if i >= 0 {
				now.Wanted[i].Entry = fresh.ID()
			}
		}
	}
	return nil
}
