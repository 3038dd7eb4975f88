package main

import (
	"cmp"
	"fmt"
	"strings"
)

const none = "–"

// outcome makes a table of our own programs and, if there are any, one of the peers
// next to ours, and draws the warm starts.
func (r *Report) outcome() *outcome {
	r.Targets = r.targets()
	out := &outcome{data: r, tables: []*table{r.ourTable()}, plot: r.plot()}
	out.about = about(fmt.Sprintf("CPython: %s; load %s before, %s after\n%d first and %d warm starts of each, interleaved; ms are minimum / median, ratios are of minima",
		r.Python, r.LoadBefore, r.LoadAfter, r.Firsts, r.Runs))
	if r.hasPeers() {
		out.tables = append(out.tables, r.peerTable())
	}
	out.tables = append(out.tables, targetTable(r.Targets))
	return out
}

// about is the first line on an outcome.
func about(method string) string { return machine() + "; " + method }

func (r *Report) ourTable() *table {
	t := &table{
		head: []string{"app", "program", "cold s (cpu)", "again s", "changed s", "MB", "files", "unpacked", "second", "first ms", "warm ms", "x python", "x peer", "peak MB"},
		note: "cold: what builds keep is empty; interpreter and tools are in place, Go's standard library and the run time compiled. changed: a line of the program's source was.\n" +
			"second: MB added to a cache that another app has filled. first: with an empty cache. peak: memory of a start.\n" +
			"x python: to " + interpreter + ", the packaged libpython on a plain tree of byte code.\n" +
			"x peer: to the fastest start of any peer.",
	}
	for _, a := range r.Apps {
		python := a.program(interpreter)
		for _, p := range a.Programs {
			if p.Versus != "" {
				continue
			}
			t.add(a.Name, p.Name, p.Cold.String(), p.Again.wall(), p.Changed.wall(), megabytes(p.Size), count(p.Files), megabytes(p.Unpacked),
				p.Added.String(), p.First.String(), p.Warm.String(), over(p.warm(), python.warm()), over(p.warm(), a.fastestPeer().warm()), megabytes(p.Peak))
		}
	}
	return t
}

func (r *Report) hasPeers() bool {
	for _, a := range r.Apps {
		for _, p := range a.Programs {
			if p.Versus != "" {
				return true
			}
		}
	}
	return false
}

func (r *Report) peerTable() *table {
	t := &table{
		head: []string{"app", "program", "cold s (cpu)", "changed s", "MB", "first ms", "warm ms", "x build", "x size", "x first", "x warm"},
		note: "x: of a peer to the same of ours." + r.remarks(),
	}
	for _, a := range r.Apps {
		for _, our := range a.Programs {
			rivals := a.rivals(our)
			if len(rivals) == 0 {
				continue
			}
			for _, p := range append([]*Program{our}, rivals...) {
				t.add(a.Name, p.Name, p.Cold.String(), p.Changed.wall(), megabytes(p.Size), p.First.String(), p.Warm.String(),
					over(p.cold(), our.cold()), over(p.size(), our.size()), over(p.first(), our.first()), over(p.warm(), our.warm()))
			}
		}
	}
	return t
}

// remarks are lines on peers: why one is missing, and what else is to be known.
func (r *Report) remarks() (lines string) {
	apps := map[string][]string{}
	var order []string
	for _, a := range r.Apps {
		for _, p := range a.Programs {
			remark := cmp.Or(p.Missing, p.Note)
			if remark == "" {
				continue
			}
			line := p.Name + ": " + remark
			if p.Missing != "" {
				line = "no " + line
			}
			if apps[line] == nil {
				order = append(order, line)
			}
			apps[line] = append(apps[line], a.Name)
		}
	}
	for _, line := range order {
		lines += fmt.Sprintf("\n%s (%s)", line, strings.Join(apps[line], ", "))
	}
	return lines
}

// plot draws the warm starts of every program, by app.
func (r *Report) plot() *bars {
	b := &bars{title: "Warm start, minimum", unit: "ms"}
	for _, a := range r.Apps {
		b.groups = append(b.groups, a.Name)
	}
	series := map[string][]float64{}
	for i, a := range r.Apps {
		for _, p := range a.Programs {
			if p.Missing != "" {
				continue
			}
			if series[p.Name] == nil {
				b.names = append(b.names, p.Name)
				series[p.Name] = make([]float64, len(r.Apps))
			}
			series[p.Name][i] = p.warm()
		}
	}
	for _, name := range b.names {
		b.values = append(b.values, series[name])
	}
	return b
}

func (s *Samples) String() string {
	if s == nil {
		return none
	}
	return fmt.Sprintf("%.1f / %.1f", s.Min, s.Median)
}

func (a *Added) String() string {
	if a == nil {
		return none
	}
	return fmt.Sprintf("%.1f", float64(a.Bytes)/1e6)
}

func (b *Build) String() string {
	if b == nil {
		return none
	}
	return fmt.Sprintf("%.1f (%.1f)", b.Wall, b.CPU)
}

func (b *Build) wall() string {
	if b == nil {
		return none
	}
	return fmt.Sprintf("%.2f", b.Wall)
}

func (b *Build) cpu() string {
	if b == nil {
		return none
	}
	return fmt.Sprintf("%.2f", b.CPU)
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return none
	}
	return fmt.Sprintf("%.1f", float64(bytes)/1e6)
}

func count(n int) string {
	if n == 0 {
		return none
	}
	return fmt.Sprint(n)
}

func over(a, b float64) string {
	if a == 0 || b == 0 {
		return none
	}
	return fmt.Sprintf("%.2f", a/b)
}
