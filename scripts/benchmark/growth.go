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
// and memory not with the payload.
func benchGrowth(ctx context.Context, work string, o options) (*outcome, error) {
	report := newReport(o)
	report.Apps = nil
	for _, n := range o.files {
		report.Apps = append(report.Apps, &App{Name: fmt.Sprintf("%d files", n), source: "hello"})
	}
	sizes := make([]load, 0, len(o.files)+1)
	for _, n := range o.files {
		sizes = append(sizes, load{n, smallFile})
	}
	if o.payload > 0 {
		report.Apps = append(report.Apps, &App{Name: megabytes(o.payload) + " MB", source: "hello"})
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
		if err := user.measure(app, o.firsts, o.runs); err != nil {
			return nil, fmt.Errorf("%s: %w", app.Name, err)
		}
	}
	report.LoadAfter = loadAverage()
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
		program, err := f.makes(kind, "go", "--py-add-data", data+":data").make(ctx, app.source, work)
		if err != nil {
			return err
		}
		app.Programs = append(app.Programs, program)
	}
	return os.RemoveAll(data)
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

// growth is the table, and the starts drawn.
func (r *Report) growth() *outcome {
	t := &table{
		head: []string{"with", "program", "cold s", "peak MB", "again s", "MB", "first ms", "warm ms", "peak MB"},
		note: fmt.Sprintf("files have %d bytes, those of the last row %d MB; half of each is noise. peak: memory of the largest process.", smallFile, bigFile>>20),
	}
	plot := &bars{title: "Start of one file, minimum", unit: "ms", names: []string{"first", "warm"}, values: make([][]float64, 2)}
	for _, a := range r.Apps {
		for _, p := range a.Programs {
			t.add(a.Name, p.Name, fmt.Sprintf("%.1f", p.Cold.Wall), megabytes(p.Cold.Peak), p.Again.wall(), megabytes(p.Size), p.First.String(), p.Warm.String(), megabytes(p.Peak))
		}
		plot.groups = append(plot.groups, a.Name)
		one := a.program(onefile)
		plot.values[0] = append(plot.values[0], one.First.Min)
		plot.values[1] = append(plot.values[1], one.Warm.Min)
	}
	return &outcome{
		about:  about(fmt.Sprintf("load %s before, %s after; %d first and %d warm starts of each, interleaved; ms are minimum / median", r.LoadBefore, r.LoadAfter, r.Firsts, r.Runs)),
		tables: []*table{t}, data: r, plot: plot,
	}
}
