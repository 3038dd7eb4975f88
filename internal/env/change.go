package env

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
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
		if err := s.keepStep(old.Spec, &spec); err != nil {
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

// next plans, builds and enters the generation after parent; nil if it would be equal,
// and parent is undamaged.
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
		if err == nil && old.equal(e) && p.stands(s.generation(name, parent)) {
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
