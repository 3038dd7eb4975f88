package main

import (
	"cmp"
	"fmt"
	"slices"
)

// Slope is what each further file costs between two numbers of files. What a program
// costs without any is in neither: it is the same on both sides of the difference.
type Slope struct {
	Program string  `json:"program"`
	From    int     `json:"from_files"`
	To      int     `json:"to_files"`
	Cold    float64 `json:"cold_cpu_ms"`  // per file, as all of these
	Again   float64 `json:"again_cpu_ms"` // of a build of which nothing changed
	First   float64 `json:"first_cpu_ms"`
	Warm    float64 `json:"warm_cpu_ms"`
	Peak    float64 `json:"build_peak_kb"` // of the largest process
	Start   float64 `json:"start_peak_kb"`
}

// grows are the figures of a program that files add to.
var grows = []struct {
	what string
	of   func(*Program) float64
}{
	{"cold build", func(p *Program) float64 { return p.Cold.CPU * 1000 }},
	{"build of nothing new", func(p *Program) float64 { return p.Again.CPU * 1000 }},
	{"first start", func(p *Program) float64 { return p.FirstCPU.min() }},
	{"warm start", func(p *Program) float64 { return p.WarmCPU.min() }},
	{"memory of a build", func(p *Program) float64 { return float64(p.Cold.Peak) / 1000 }},
	{"memory of a start", func(p *Program) float64 { return float64(p.Peak) / 1000 }},
}

// ofMemory is the index of the first of grows that is of memory.
const ofMemory = 4

// withFiles are the apps that have a program of a kind, and files.
func (r *Report) withFiles(kind string) (apps []*App) {
	for _, a := range r.Apps {
		if a.DataFiles > 0 && a.program(kind) != nil {
			apps = append(apps, a)
		}
	}
	slices.SortFunc(apps, func(a, b *App) int { return cmp.Compare(a.DataFiles, b.DataFiles) })
	return slices.CompactFunc(apps, func(a, b *App) bool { return a.DataFiles == b.DataFiles })
}

// slopes are those between successive numbers of files.
func (r *Report) slopes() (all []*Slope) {
	for _, kind := range []string{onedir, onefile} {
		apps := r.withFiles(kind)
		for i := 1; i < len(apps); i++ {
			each := func(n int) float64 { return each(kind, apps[i-1], apps[i], grows[n].of) }
			all = append(all, &Slope{
				Program: kind, From: apps[i-1].DataFiles, To: apps[i].DataFiles,
				Cold: each(0), Again: each(1), First: each(2), Warm: each(3), Peak: each(4), Start: each(5),
			})
		}
	}
	return all
}

// each is what a file adds to a figure.
func each(kind string, a, b *App, figure func(*Program) float64) float64 {
	return (figure(b.program(kind)) - figure(a.program(kind))) / float64(b.DataFiles-a.DataFiles)
}

// slopeTable tells what each file costs.
func slopeTable(slopes []*Slope) *table {
	t := &table{
		head: []string{"files", "program", "cold ms", "again ms", "first ms", "warm ms", "build peak KB", "start peak KB"},
		note: "for each further file; ms of processor time. The same from row to row is growth in proportion.",
	}
	for _, s := range slopes {
		t.add(fmt.Sprintf("%d to %d", s.From, s.To), s.Program, fmt.Sprintf("%.3f", s.Cold), fmt.Sprintf("%.4f", s.Again),
			fmt.Sprintf("%.4f", s.First), fmt.Sprintf("%.5f", s.Warm), fmt.Sprintf("%.2f", s.Peak), fmt.Sprintf("%.2f", s.Start))
	}
	return t
}

// inProportion is how much more a file may cost among many than among fewer. Were
// a figure to grow with the square of the files, one among 30,000 would cost 3 times what
// it does among 10,000, with their power of 1.5 it would be 1.7 times.
const inProportion = 1.5

// slopeTargets ask whether growth is linear where that shows most, at the two largest
// numbers of files.
func (r *Report) slopeTargets() (all []*Target) {
	for _, kind := range []string{onedir, onefile} {
		apps := r.withFiles(kind)
		n := len(apps)
		if n < 3 {
			continue
		}
		base, fewer, many := apps[0], apps[n-2], apps[n-1]
		for i, f := range grows {
			t := &Target{
				What: f.what + ", each file", App: many.Name, Program: kind, Against: fewer.Name, Limit: inProportion,
				Measured: addedRatio(kind, base, fewer, many, f.of),
			}
			if i >= ofMemory {
				t.Measured = wholeRatio(kind, fewer, many, f.of)
			}
			all = append(all, t)
		}
		all = append(all, many.memoryTargets(many.program(kind))...)
	}
	return all
}

// addedRatio compares what a file adds to the figure of the fewest. What all files add of
// less than a tenth of that is noise.
func addedRatio(kind string, base, fewer, many *App, of func(*Program) float64) float64 {
	noise := of(base.program(kind)) / 10 / float64(fewer.DataFiles-base.DataFiles)
	return max(0, each(kind, base, many, of)) / max(noise, each(kind, base, fewer, of))
}

// wholeRatio compares a whole figure for each file. Of memory it is that of the largest
// process, which is another one with few files than with many: what they add to one does
// not show until it is larger than the other.
func wholeRatio(kind string, fewer, many *App, of func(*Program) float64) float64 {
	return of(many.program(kind)) / of(fewer.program(kind)) * float64(fewer.DataFiles) / float64(many.DataFiles)
}

// payloadTargets ask what a big payload takes of memory.
func (r *Report) payloadTargets() (all []*Target) {
	for _, a := range r.Apps {
		for _, p := range a.Programs {
			if a.Payload > 0 {
				all = append(all, a.memoryTargets(p)...)
			}
		}
	}
	return all
}

func (a *App) memoryTargets(p *Program) []*Target {
	return []*Target{
		a.limit("memory of a build", p, 300, "MB", func(p *Program) float64 { return float64(p.Cold.Peak) / 1e6 }),
		a.limit("memory of a start", p, 300, "MB", func(p *Program) float64 { return float64(p.Peak) / 1e6 }),
	}
}
