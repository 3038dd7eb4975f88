package main

import "fmt"

// Target is a figure to be reached by a program of ours, measured in the same run as
// what it is compared with.
type Target struct {
	What     string  `json:"target"`
	App      string  `json:"app"`
	Program  string  `json:"program"`
	Against  string  `json:"against,omitempty"` // the program that it is compared with
	Limit    float64 `json:"at_most"`
	Unit     string  `json:"unit,omitempty"` // "" for a ratio
	Measured float64 `json:"measured"`
	Unknown  bool    `json:"unknown,omitempty"` // one of the two was not measured
}

// numpyApp is the app that the targets for one file with numpy are of.
const numpyApp = "matrix"

// warmLimit is how long a warm start may take, in starts of the interpreter.
func warmLimit(app string) float64 {
	if app == "hello" {
		return 1
	}
	return 0.9
}

// targets are all that concern the apps of a report.
func (r *Report) targets() (all []*Target) {
	for _, a := range r.Apps {
		for _, our := range []string{onedir, onefile} {
			p := a.program(our)
			all = append(all,
				a.ratio("warm start", p, a.program(interpreter), warmLimit(a.Name), (*Program).warm, (*Program).warm),
				a.ratio("warm start", p, a.fastestPeer(), 1, (*Program).warm, (*Program).warm),
				a.limit("build of nothing new", p, 0.3, "s", (*Program).again))
		}
		one, theirs, nuitka := a.program(onefile), a.program(pyInstallerOnefile), a.program(nuitkaOnefile)
		all = append(all,
			a.ratio("size", one, theirs, 0.75, (*Program).size, (*Program).size),
			a.ratio("size", one, nuitka, 1.1, (*Program).size, (*Program).size))
		if small := a.program(stripped); small != nil {
			all = append(all, a.ratio("size", small, nuitka, 1.1, (*Program).size, (*Program).size))
		}
		if a.Name == numpyApp {
			all = append(all,
				a.ratio("cold build", one, theirs, 0.6, (*Program).cold, (*Program).cold),
				a.ratio("first start, to every one", one, theirs, 0.4, (*Program).first, (*Program).warm))
		}
		if launched, direct := a.program(onefile+byLLGo), a.program(onedir+byLLGo); launched != nil && direct != nil {
			all = append(all, &Target{
				What: "warm start, more than", App: a.Name, Program: launched.Name, Against: direct.Name, Unit: "ms", Limit: 1.5,
				Measured: launched.warm() - direct.warm(), Unknown: launched.warm() == 0 || direct.warm() == 0,
			})
		}
	}
	return all
}

// ratio is a target for a figure of ours over one of theirs. Programs may be nil.
func (a *App) ratio(what string, our, their *Program, limit float64, ours, theirs func(*Program) float64) *Target {
	t := &Target{What: what, App: a.Name, Limit: limit, Unknown: true}
	if our != nil {
		t.Program = our.Name
	}
	if their != nil {
		t.Against = their.Name
	}
	if above, below := ours(our), theirs(their); above > 0 && below > 0 {
		t.Measured, t.Unknown = above/below, false
	}
	return t
}

// limit is a target for a figure of ours alone.
func (a *App) limit(what string, our *Program, limit float64, unit string, figure func(*Program) float64) *Target {
	t := &Target{What: what, App: a.Name, Limit: limit, Unit: unit, Measured: figure(our)}
	t.Unknown = t.Measured == 0
	if our != nil {
		t.Program = our.Name
	}
	return t
}

// fastestPeer is the peer's program of an app that starts fastest, whatever its form,
// or nil.
func (a *App) fastestPeer() (fastest *Program) {
	for _, p := range a.Programs {
		if p.Versus != "" && p.warm() > 0 && (fastest == nil || p.warm() < fastest.warm()) {
			fastest = p
		}
	}
	return fastest
}

// targetTable tells what is reached.
func targetTable(targets []*Target) *table {
	t := &table{
		head: []string{"target", "app", "program", "against", "at most", "measured", "reached"},
		note: "ratios, unless there is a unit; of starts, the minima. A peer's figure is that of its own program, whatever interpreter is in it.",
	}
	for _, target := range targets {
		against := target.Against
		if against == "" {
			against = none
		}
		measured, reached := none, none
		if !target.Unknown {
			measured, reached = target.figure(target.Measured), "no"
			if target.Measured <= target.Limit {
				reached = "yes"
			}
		}
		t.add(target.What, target.App, target.Program, against, target.figure(target.Limit), measured, reached)
	}
	return t
}

func (t *Target) figure(value float64) string {
	if t.Unit == "" {
		return fmt.Sprintf("%.2f", value)
	}
	return fmt.Sprintf("%.2f %s", value, t.Unit)
}
