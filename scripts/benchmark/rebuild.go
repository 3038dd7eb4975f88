package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// benchRebuild measures what an edit costs: builds after a line of Go changed, and builds
// after nothing did, of a program as a directory and as one file, beside the same build
// without Python in it, which is what the compiler takes.
func benchRebuild(ctx context.Context, work string, o options) (*outcome, error) {
	f, err := newFrontEnd(ctx, work, o.python)
	if err != nil {
		return nil, err
	}
	f.goCache = filepath.Join(work, "gocache")
	before := loadAverage()
	var all []*Rebuild
	for _, app := range o.apps {
		rebuilds, err := f.rebuild(ctx, app, work, o.runs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", app, err)
		}
		all = append(all, rebuilds...)
	}
	return &outcome{
		about:  about(fmt.Sprintf("load %s before, %s after; %d rounds, interleaved; ms are minimum / median", before, loadAverage(), o.runs)),
		tables: []*table{rebuildTable(all)}, data: all,
	}, nil
}

// Rebuild is what edits of an app cost. Times are in milliseconds; CPU is of all
// processes of a build.
type Rebuild struct {
	App        string   `json:"app"`
	Program    string   `json:"program"`
	Changed    *Samples `json:"changed_ms"`
	ChangedCPU *Samples `json:"changed_cpu_ms"`
	Again      *Samples `json:"again_ms"` // nothing changed
	AgainCPU   *Samples `json:"again_cpu_ms"`
}

// plain is a program that starts the Python of this machine: what is built is Go.
const plain = "plain"

// rebuild measures one app. What is built first does not count.
func (f *frontEnd) rebuild(ctx context.Context, app, work string, rounds int) ([]*Rebuild, error) {
	packagers := []*packager{f.makes(plain, "go"), f.makes(onedir, "go"), f.makes(onefile, "go")}
	dir := func(p *packager) string { return filepath.Join(work, app, p.name) }
	for _, p := range packagers { // all of them before the first build: they empty caches
		if err := os.MkdirAll(dir(p), 0o700); err != nil {
			return nil, err
		}
		if err := p.fresh(ctx, app, dir(p)); err != nil {
			return nil, err
		}
	}
	for _, p := range packagers {
		if _, err := p.buildOnce(ctx, app, dir(p)); err != nil {
			return nil, err
		}
	}
	changed, again := make([][]*Build, len(packagers)), make([][]*Build, len(packagers))
	for range rounds {
		for i, p := range packagers {
			if err := p.change(app, dir(p)); err != nil {
				return nil, err
			}
			for _, builds := range [][][]*Build{changed, again} {
				b, err := p.buildOnce(ctx, app, dir(p))
				if err != nil {
					return nil, err
				}
				builds[i] = append(builds[i], b)
			}
		}
	}
	var all []*Rebuild
	for i, p := range packagers {
		r := &Rebuild{App: app, Program: p.name}
		r.Changed, r.ChangedCPU = samplesOf(changed[i])
		r.Again, r.AgainCPU = samplesOf(again[i])
		all = append(all, r)
	}
	return all, nil
}

func samplesOf(builds []*Build) (wall, cpu *Samples) {
	var walls, cpus []float64
	for _, b := range builds {
		walls, cpus = append(walls, b.Wall*1000), append(cpus, b.CPU*1000)
	}
	return newSamples(walls), newSamples(cpus)
}

func rebuildTable(all []*Rebuild) *table {
	t := &table{
		head: []string{"app", "program", "changed ms", "cpu ms", "over plain", "again ms", "cpu ms"},
		note: "changed: a line of the program's Go code was; again: nothing was. plain: the program without Python packaging.\n" +
			"over plain: by how many ms the fastest changed build takes longer than the fastest plain one. cpu: of all processes.",
	}
	var compiler *Rebuild
	for _, r := range all {
		over := none
		if r.Program == plain {
			compiler = r
		} else {
			over = fmt.Sprintf("%.0f", r.Changed.Min-compiler.Changed.Min)
		}
		t.add(r.App, r.Program, r.Changed.String(), r.ChangedCPU.String(), over, r.Again.String(), r.AgainCPU.String())
	}
	return t
}
