package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// benchGrowth measures hello with ever more data files beside it, as a directory and
// as one file, and with one big payload: time and memory are to grow as the files do,
// and memory not with the payload. Processor time and memory are what is compared; they
// hardly depend on what else the machine does.
func benchGrowth(ctx context.Context, work string, o options) (*outcome, error) {
	report := newReport(o)
	report.Apps = nil
	for _, n := range o.files {
		report.Apps = append(report.Apps, &App{Name: fmt.Sprintf("%d files", n), DataFiles: n, source: "hello"})
	}
	sizes := make([]load, 0, len(o.files)+1)
	for _, n := range o.files {
		sizes = append(sizes, load{n, smallFile})
	}
	if o.payload > 0 {
		report.Apps = append(report.Apps, &App{Name: megabytes(o.payload) + " MB", Payload: o.payload, source: "hello"})
		sizes = append(sizes, load{max(1, int(o.payload/bigFile)), bigFile})
	}
	f, err := newFrontEnd(ctx, work, o.python)
	if err != nil {
		return nil, err
	}
	// What is measured is what the files cost.
	if err := f.compileOnce(ctx, work); err != nil {
		return nil, err
	}
	for i, app := range report.Apps {
		if err := sizes[i].build(ctx, f, app, filepath.Join(work, fmt.Sprint(i))); err != nil {
			return nil, fmt.Errorf("%s: %w", app.Name, err)
		}
	}
	user, err := newUser(work)
	if err != nil {
		return nil, err
	}
	for _, app := range report.Apps {
		forget := user.leave
		if app.Payload > 0 { // few files, and large
			forget = user.forget
		}
		if err := user.measure(app, o.firsts, o.runs, forget); err != nil {
			return nil, fmt.Errorf("%s: %w", app.Name, err)
		}
	}
	report.LoadAfter = loadAverage()
	report.Growth = report.slopes()
	report.Targets = append(report.slopeTargets(), report.payloadTargets()...)
	return report.growth(), nil
}

const (
	smallFile = 2 << 10 // both are multiples of 1024
	bigFile   = 64 << 20
)

// load is data that a program brings along.
type load struct{ files, size int }

// build packages hello with it.
func (l load) build(ctx context.Context, f *frontEnd, app *App, work string) error {
	data := filepath.Join(work, "data")
	if err := l.write(data); err != nil {
		return err
	}
	for _, kind := range []string{onedir, onefile} {
		p := f.makes(kind, "go", "--py-add-data", data+":data")
		p.change, p.watched = nil, true
		program, err := p.make(ctx, app.source, work)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "benchmark: %s, %s: %s s of processor time, %s MB\n", app.Name, kind, program.Cold.cpu(), megabytes(program.Cold.Peak))
		app.Programs = append(app.Programs, program)
	}
	return nil // data stays: see user.leave
}

// write makes the files, a hundred to a directory and always the same. Half of each
// is noise, which no compression makes smaller, in blocks of 512 bytes. It takes little
// memory, for what this process has counts for those that it starts.
func (l load) write(dir string) error {
	noise := rand.NewChaCha8([32]byte{})
	for i := range l.files {
		name := filepath.Join(dir, fmt.Sprint(i/100), fmt.Sprintf("%d.dat", i))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		w := bufio.NewWriter(f)
		for at := 0; at < l.size; at += 1024 {
			_, _ = io.CopyN(w, noise, 512)
			_, _ = w.WriteString(repeated[:512])
		}
		if err := errors.Join(w.Flush(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// repeated is what comes again and again, and is small in the end.
var repeated = strings.Repeat("what comes again and again is small in the end. ", 11)

// growth is the tables, and the starts drawn.
func (r *Report) growth() *outcome {
	builds := &table{
		head: []string{"with", "program", "cold s", "cpu s", "peak MB", "all MB", "again s", "cpu s", "peak MB", "MB"},
		note: fmt.Sprintf("files have %d bytes, those of the last row %d MB; half of each is noise. cpu: of all processes.\n"+
			"peak: memory of the largest process; all: of all at one time, where what they share counts for each.", smallFile, bigFile>>20),
	}
	starts := &table{
		head: []string{"with", "program", "first ms", "cpu ms", "warm ms", "cpu ms", "peak MB"},
		note: "first: with an empty cache. peak: the most memory that a start took.",
	}
	plot := &bars{title: "Start of one file, minimum", unit: "ms", names: []string{"first", "warm"}, values: make([][]float64, 2)}
	for _, a := range r.Apps {
		for _, p := range a.Programs {
			builds.add(a.Name, p.Name, p.Cold.wall(), p.Cold.cpu(), megabytes(p.Cold.Peak), megabytes(p.Cold.All),
				p.Again.wall(), p.Again.cpu(), megabytes(p.Again.Peak), megabytes(p.Size))
			starts.add(a.Name, p.Name, p.First.String(), p.FirstCPU.String(), p.Warm.String(), p.WarmCPU.String(), megabytes(p.Peak))
		}
		plot.groups = append(plot.groups, a.Name)
		one := a.program(onefile)
		plot.values[0] = append(plot.values[0], one.First.Min)
		plot.values[1] = append(plot.values[1], one.Warm.Min)
	}
	return &outcome{
		about:  about(fmt.Sprintf("load %s before, %s after; %d first and %d warm starts of each, interleaved; ms are minimum / median", r.LoadBefore, r.LoadAfter, r.Firsts, r.Runs)),
		tables: []*table{builds, starts, slopeTable(r.Growth), targetTable(r.Targets)}, data: r, plot: plot,
	}
}
