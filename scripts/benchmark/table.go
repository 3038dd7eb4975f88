package main

import "fmt"

const none = "–"

// outcome makes a table of our own programs and, if there are any, one of the peers
// next to ours, and draws the warm starts.
func (r *Report) outcome() *outcome {
	out := &outcome{data: r, tables: []*table{r.ourTable()}, plot: r.plot()}
	out.about = about(fmt.Sprintf("CPython: %s; load %s before, %s after\n%d first and %d warm starts of each, interleaved; ms are minimum / median, ratios are of minima",
		r.Python, r.LoadBefore, r.LoadAfter, r.Firsts, r.Runs))
	if r.hasPeers() {
		out.tables = append(out.tables, r.peerTable())
	}
	return out
}

// about is the first line on an outcome.
func about(method string) string { return machine() + "; " + method }

func (r *Report) ourTable() *table {
	t := &table{
		head: []string{"app", "program", "cold s (cpu)", "again s", "changed s", "MB", "files", "unpacked", "second", "first ms", "warm ms", "x python", "peak MB"},
		note: "cold: what builds keep is empty; interpreter and tools are in place, Go's standard library and the run time compiled. changed: a line of the program's source was.\n" +
			"second: MB added to a cache that another app has filled. first: with an empty cache. peak: memory of a start.\n" +
			"x python: to " + interpreter + ", the packaged libpython on a plain tree of byte code.",
	}
	for _, a := range r.Apps {
		python := a.program(interpreter)
		for _, p := range a.Programs {
			if p.Versus != "" {
				continue
			}
			t.add(a.Name, p.Name, p.Cold.String(), p.Again.wall(), p.Changed.wall(), megabytes(p.Size), count(p.Files), megabytes(p.Unpacked),
				p.Added.String(), p.First.String(), p.Warm.String(), over(p.warm(), python.warm()), megabytes(p.Peak))
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
		note: "x: of a peer to the same of ours.",
	}
	for _, a := range r.Apps {
		for _, our := range a.Programs {
			rivals := a.rivals(our)
			if len(rivals) == 0 {
				continue
			}
			for _, p := range append([]*Program{our}, rivals...) {
				t.add(a.Name, p.Name, p.Cold.String(), p.Changed.wall(), megabytes(p.Size), p.First.String(), p.Warm.String(),
					over(p.Cold.Wall, our.Cold.Wall), over(float64(p.Size), float64(our.Size)), over(p.First.Min, our.First.Min), over(p.Warm.Min, our.Warm.Min))
			}
		}
	}
	return t
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

// warm is the minimum of the warm starts, 0 if there are none.
func (p *Program) warm() float64 {
	if p == nil || p.Warm == nil {
		return 0
	}
	return p.Warm.Min
}

func (s *Samples) String() string { return fmt.Sprintf("%.1f / %.1f", s.Min, s.Median) }

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
	if b == 0 {
		return none
	}
	return fmt.Sprintf("%.2f", a/b)
}
