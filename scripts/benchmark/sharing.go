package main

import "fmt"

// share weighs what the one file of an app unpacks: into an empty cache, and
// into one that another app has filled.
func (u *user) share(a *App, all []*App) (err error) {
	p := a.program(onefile)
	if p.Unpacked, err = u.unpacks(a); err != nil {
		return err
	}
	other := otherThan(a, all)
	if other == nil {
		return nil
	}
	p.Added = &Added{After: other.Name}
	p.Added.Bytes, err = u.unpacks(other, a)
	return err
}

// otherThan is the first app that is not a, or nil.
func otherThan(a *App, all []*App) *App {
	for _, other := range all {
		if other != a {
			return other
		}
	}
	return nil
}

// unpacks starts apps one after the other with an empty cache, and returns how many
// bytes the last one added to it.
func (u *user) unpacks(apps ...*App) (bytes int64, err error) {
	if err := u.forget(); err != nil {
		return 0, err
	}
	var before, after int64
	for _, a := range apps {
		want, err := expected(a.Name)
		if err != nil {
			return 0, err
		}
		if _, err := u.start(a.program(onefile), want); err != nil {
			return 0, err
		}
		before = after
		if after, _, err = weigh(u.cache); err != nil {
			return 0, fmt.Errorf("%s did not unpack into the cache it was given; LLGO_PY_VERBOSE=1 %s says where it is: %w", a.Name, a.program(onefile).argv[0], err)
		}
	}
	return after - before, nil
}
