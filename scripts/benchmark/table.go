package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

const none = "–"

// print writes a table of our own programs and, if there are any, one of the
// peers next to ours. Both fit 120 columns.
func (r *Report) print(w io.Writer) {
	fmt.Fprintf(w, "%s; CPython: %s; load %s before, %s after\n", r.Machine, r.Python, r.LoadBefore, r.LoadAfter)
	fmt.Fprintf(w, "%d first and %d warm starts of each, interleaved; ms are minimum / median, ratios are of minima\n\n", r.Firsts, r.Runs)
	r.printOurs(w)
	if r.hasPeers() {
		fmt.Fprintln(w)
		r.printPeers(w)
	}
}

func (r *Report) printOurs(w io.Writer) {
	t := newTable(w)
	fmt.Fprintln(t, "app\tprogram\tcold s (cpu)\tagain s\tMB\tfiles\tunpacked\tsecond\tfirst ms\twarm ms\tx python\t")
	for _, a := range r.Apps {
		python := a.program(interpreter)
		for _, p := range a.Programs {
			if p.Versus != "" {
				continue
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", a.Name, p.Name, p.Cold, p.Again.wall(),
				megabytes(p.Size), count(p.Files), megabytes(p.Unpacked), p.Added, p.First, p.Warm, over(p.warm(), python.warm()))
		}
	}
	t.Flush()
	fmt.Fprintln(w, "\ncold: Go build cache and kept analyses empty, interpreter and tools in place.\n"+
		"second: MB added to a cache that another app has filled. first: with an empty cache.")
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

func (r *Report) printPeers(w io.Writer) {
	t := newTable(w)
	fmt.Fprintln(t, "app\tprogram\tcold s (cpu)\tMB\tfirst ms\twarm ms\tx build\tx size\tx first\tx warm\t")
	for _, a := range r.Apps {
		for _, our := range a.Programs {
			rivals := a.rivals(our)
			if len(rivals) == 0 {
				continue
			}
			for _, p := range append([]*Program{our}, rivals...) {
				comparison(t, a.Name, p, our)
			}
		}
	}
	t.Flush()
	fmt.Fprintln(w, "\nx: of a peer to the same of ours.")
}

func comparison(w io.Writer, app string, p, our *Program) {
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", app, p.Name, p.Cold, megabytes(p.Size), p.First, p.Warm,
		over(p.Cold.Wall, our.Cold.Wall), over(float64(p.Size), float64(our.Size)), over(p.First.Min, our.First.Min), over(p.Warm.Min, our.Warm.Min))
}

func newTable(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
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
	return fmt.Sprintf("%.1f", b.Wall)
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
