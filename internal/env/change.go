package env

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// ExistsError says that there is an environment of that name.
type ExistsError struct{ Name string }

func (e *ExistsError) Error() string { return "there is an environment " + e.Name + " already" }

// Hint says what to do.
func (e *ExistsError) Hint() string { return "llgo py env show " + e.Name }

// Create makes an environment; its first generation has what spec asks for.
func (s *Set) Create(ctx context.Context, name, change string, spec Spec) (*Environment, error) {
	var made *Environment
	err := s.locked(ctx, name, func() error {
		if _, err := os.Lstat(s.Home(name)); err == nil {
			return &ExistsError{name}
		}
		var err error
		made, err = s.next(ctx, name, 0, change, spec)
		return err
	})
	return made, err
}

// Change makes a new generation of an environment: edit gets what is wanted now and
// says what is wanted from now on. The second result tells whether anything changed;
// if not, the current generation is returned.
func (s *Set) Change(ctx context.Context, name, change string, edit func(*Spec) error) (*Environment, bool, error) {
	var now *Environment
	changed := false
	err := s.locked(ctx, name, func() error {
		old, err := s.Current(name)
		if err != nil {
			return err
		}
		spec := old.Spec
		spec.Wanted, spec.Sources = slices.Clone(spec.Wanted), slices.Clone(spec.Sources)
		if err := edit(&spec); err != nil {
			return err
		}
		now, err = s.next(ctx, name, old.Generation, change, spec)
		if err == nil && now == nil {
			now = old
			return nil
		}
		changed = err == nil
		return err
	})
	return now, changed, err
}

// next plans, builds and enters the generation after parent; nil if it would be equal.
func (s *Set) next(ctx context.Context, name string, parent int, change string, spec Spec) (*Environment, error) {
	p, err := s.plan(ctx, name, spec)
	if err != nil {
		return nil, err
	}
	e, err := p.record(name)
	if err != nil {
		return nil, err
	}
	if parent > 0 {
		old, err := s.Generation(name, parent)
		if err == nil && old.equal(e) {
			return nil, nil
		}
	}
	numbers, err := s.Generations(name)
	var missing *MissingError
	if err != nil && !errors.As(err, &missing) {
		return nil, err
	}
	e.Generation, e.Parent, e.Change = 1, parent, change
	if len(numbers) > 0 {
		e.Generation += numbers[len(numbers)-1]
	}
	if err := s.build(ctx, p, e); err != nil {
		// Half of it goes now rather than with the next change, if it can.
		return nil, errors.Join(err, s.sweep(name))
	}
	return e, s.switchTo(name, e.Generation)
}

// equal tells whether two generations have the same content.
func (e *Environment) equal(other *Environment) bool {
	return reflect.DeepEqual(e.content(), other.content())
}

func (e *Environment) content() any {
	type content struct {
		sources   []Source
		dev       bool
		wanted    []Wanted
		members   []Member
		path      []string
		conflicts []Conflict
		files     int
	}
	return content{append([]Source{}, e.Sources...), e.Development, append([]Wanted{}, e.Wanted...), append([]Member{}, e.Members...),
		append([]string{}, e.Path...), append([]Conflict{}, e.Conflicts...), e.Files}
}

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

// Rollback makes an older generation the current one again, or a newer: generation
// n, or if n is 0 the one that the current was made from.
func (s *Set) Rollback(ctx context.Context, name string, n int) (*Environment, error) {
	var now *Environment
	err := s.locked(ctx, name, func() error {
		if n == 0 {
			current, err := s.Current(name)
			if err != nil {
				return err
			}
			if n = current.Parent; n == 0 {
				return fmt.Errorf("environment %s is in its first generation", name)
			}
		}
		var err error
		if now, err = s.Generation(name, n); err != nil {
			return err
		}
		if have, err := s.currentNumber(name); err != nil || have == n {
			return err
		}
		return s.switchTo(name, n)
	})
	return now, err
}

// Delete removes an environment with all its generations.
func (s *Set) Delete(ctx context.Context, name string) error {
	return s.locked(ctx, name, func() error {
		all, err := s.Generations(name)
		if err != nil {
			return err
		}
		if err := s.discard(s.Dir(name), name); err != nil {
			return err
		}
		return s.unroot(name, all)
	})
}

// Prune removes generations of an environment, but not the current one.
func (s *Set) Prune(ctx context.Context, name string, numbers ...int) error {
	return s.locked(ctx, name, func() error {
		all, err := s.Generations(name)
		if err != nil {
			return err
		}
		current, err := s.currentNumber(name)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			if n == current {
				return fmt.Errorf("generation %d of %s is the current one", n, name)
			}
			if !slices.Contains(all, n) {
				return &MissingError{name, n}
			}
		}
		for _, n := range numbers {
			if err := s.discard(s.generation(name, n), name); err != nil {
				return err
			}
		}
		return s.unroot(name, numbers)
	})
}

func (s *Set) unroot(name string, numbers []int) error {
	for _, n := range numbers {
		s.fault("unroot")
		if err := s.store.Unroot(root(name, n)); err != nil {
			return err
		}
	}
	return nil
}
