package main

import (
	"cmp"
	"os"
	"path/filepath"
)

// look weighs what an app's one file unpacks, and times the starts.
func (u *user) look(a *App, r *Report) error {
	if err := u.share(a, r.Apps); err != nil {
		return err
	}
	return u.measure(a, r.Firsts, r.Runs, u.forget)
}

// measure measures the first starts of an app's programs, each after forget, then the
// warm ones.
func (u *user) measure(a *App, firsts, runs int, forget func() error) error {
	want, err := expected(cmp.Or(a.source, a.Name))
	if err != nil {
		return err
	}
	first, err := u.interleaved(a, want, firsts, forget)
	if err != nil {
		return err
	}
	// The uncounted round fills the cache.
	warm, err := u.interleaved(a, want, runs, func() error { return nil })
	if err != nil {
		return err
	}
	for i, p := range a.Programs {
		p.First, p.FirstCPU = samplesOfStarts(first[i])
		p.Warm, p.WarmCPU = samplesOfStarts(warm[i])
	}
	return nil
}

func samplesOfStarts(starts []took) (wall, cpu *Samples) {
	var walls, cpus []float64
	for _, s := range starts {
		walls, cpus = append(walls, s.wall), append(cpus, s.cpu)
	}
	return newSamples(walls), newSamples(cpus)
}

// interleaved starts every program of an app once per round, after one uncounted
// round, and returns the times by program.
func (u *user) interleaved(a *App, want []byte, rounds int, before func() error) ([][]took, error) {
	times := make([][]took, len(a.Programs))
	for round := range rounds + 1 {
		for i, p := range a.Programs {
			if p.Missing != "" {
				continue
			}
			if err := before(); err != nil {
				return nil, err
			}
			took, err := u.start(p, want)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				times[i] = append(times[i], took)
			}
		}
	}
	return times, nil
}

// expected is what an app prints.
func expected(app string) ([]byte, error) {
	return os.ReadFile(filepath.Join(source(app), "expected.txt"))
}
