package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// benchStarts measures builds, cold, again without a change and after one, sizes, and
// starts, the first and those ever after: of a program as a directory, as one file,
// next to the bare interpreter and to what other packagers make of the same program
// and the same interpreter. Starts are whole processes.
func benchStarts(ctx context.Context, work string, o options) (*outcome, error) {
	packagers, err := packagers(ctx, work, o)
	if err != nil {
		return nil, err
	}
	report := newReport(o)
	if err := report.fill(ctx, work, o.python, packagers); err != nil {
		return nil, err
	}
	return report.outcome(), nil
}

// packagers are ours and the peers that are asked for and possible.
func packagers(ctx context.Context, work string, o options) ([]*packager, error) {
	all, err := ours(ctx, work, o.python)
	if err != nil {
		return nil, err
	}
	peers, err := openPeers(ctx, o)
	return append(all, peers...), err
}

// fill measures. Everything is built before anything is timed, because builds
// disturb: they fill caches, and the disk goes on writing.
func (r *Report) fill(ctx context.Context, work, python string, packagers []*packager) error {
	user, err := newUser(work)
	if err != nil {
		return err
	}
	for _, app := range r.Apps {
		for _, p := range packagers {
			if p.knows != nil && !p.knows(app.Name) {
				continue
			}
			program, err := p.program(ctx, app.Name, work, user)
			if err != nil {
				return fmt.Errorf("%s of %s: %w", p.name, app.Name, err)
			}
			app.Programs = append(app.Programs, program)
		}
		if err := app.addInterpreters(ctx, work, python); err != nil {
			return err
		}
	}
	for _, app := range r.Apps {
		if err := user.look(app, r); err != nil {
			return fmt.Errorf("%s: %w", app.Name, err)
		}
	}
	r.LoadAfter = loadAverage()
	return nil
}

// program makes an app and starts it once. Where a peer's cannot be had, or does
// not print what it should, the others are measured without it.
func (p *packager) program(ctx context.Context, app, work string, u *user) (*Program, error) {
	program, err := p.tried(ctx, app, work, u)
	if err == nil || p.versus == "" {
		return program, err
	}
	fmt.Fprintf(os.Stderr, "benchmark: without %s of %s: %v\n", p.name, app, err)
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return &Program{Name: p.name, Versus: p.versus, Missing: lines[len(lines)-1]}, nil
}

func (p *packager) tried(ctx context.Context, app, work string, u *user) (*Program, error) {
	if reason := p.missing(app); reason != "" {
		return nil, errors.New(reason)
	}
	program, err := p.make(ctx, app, work)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "benchmark: %s of %s: %.1f s, %s MB\n", p.name, app, program.Cold.Wall, megabytes(program.Size))
	want, err := expected(app)
	if err != nil {
		return nil, err
	}
	_, err = u.start(program, want)
	return program, err
}
