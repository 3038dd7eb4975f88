// Benchmark measures what people feel: how long a build takes, cold and again
// without a change, how fast a packaged program starts, for the first time and
// ever after, and how big it is: as a directory, as one file, next to the bare
// interpreter and, with -peers, next to what other packagers make of the same
// program and the same interpreter.
//
// Starts are measured as whole processes, one of each program in turn
// (interleaved), so that a machine that slows down slows all of them down.
// Minimum and median are given; compare ratios within one run, not figures of
// two runs.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

// options are the flags.
type options struct {
	runs, firsts int
	apps         []string
	peers        peerList
	python       string
	json         string
	check        bool
}

func main() {
	if err := run(context.Background(), parse()); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func parse() options {
	var o options
	flag.IntVar(&o.runs, "runs", 20, "counted warm starts of each program")
	flag.IntVar(&o.firsts, "firsts", 10, "first starts of each program")
	apps := flag.String("apps", "hello,stdlib,matrix", "apps of testdata/apps")
	flag.Var(&o.peers, "peers", "measure other packagers: pyinstaller (default), nuitka")
	flag.StringVar(&o.python, "python", "", "package this interpreter, ours and theirs (default: the managed CPython)")
	flag.StringVar(&o.json, "json", "", "write the figures to this file as well")
	flag.BoolVar(&o.check, "check", false, "measure llgo py check instead, beside auditwheel")
	flag.Parse()
	o.apps = strings.Split(*apps, ",")
	return o
}

func run(ctx context.Context, o options) error {
	if o.runs < 1 || o.firsts < 1 || flag.NArg() > 0 {
		return errors.New("-runs and -firsts are at least 1, and there are no arguments")
	}
	work, err := os.MkdirTemp("", "llgo-py-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if o.check {
		return benchCheck(ctx, work, o.runs, os.Stdout)
	}
	packagers, err := packagers(ctx, work, o)
	if err != nil {
		return err
	}
	report := newReport(o)
	if err := report.fill(ctx, work, packagers); err != nil {
		return err
	}
	report.print(os.Stdout)
	if o.json == "" {
		return nil
	}
	data, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(data, '\n'), 0o644)
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

// fill measures. Everything is built before anything is started, because builds
// disturb: they fill caches, and the disk goes on writing.
func (r *Report) fill(ctx context.Context, work string, packagers []*packager) error {
	for _, app := range r.Apps {
		for _, p := range packagers {
			if p.knows != nil && !p.knows(app.Name) {
				continue
			}
			program, err := p.make(ctx, app.Name, work)
			if err != nil {
				return fmt.Errorf("%s of %s: %w", p.name, app.Name, err)
			}
			app.Programs = append(app.Programs, program)
		}
		app.addInterpreter()
	}
	user, err := newUser(work)
	if err != nil {
		return err
	}
	for _, app := range r.Apps {
		if err := user.look(app, r); err != nil {
			return fmt.Errorf("%s: %w", app.Name, err)
		}
	}
	r.LoadAfter = load()
	return nil
}
