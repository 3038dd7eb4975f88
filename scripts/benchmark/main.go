// Benchmark measures what people feel. See benchmarks for what it can measure; each
// does so in one run with its peers, in turn (interleaved), so that a machine that
// slows down slows all of them down. Minimum and median are given; compare ratios
// within one run, not figures of two runs.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

// options are the flags. Not every benchmark heeds all of them.
type options struct {
	runs, firsts        int
	apps                []string
	chosen              bool // the apps were named
	peers               peerList
	python              string
	files               intList
	payload             int64
	json, markdown, svg string
}

// A benchmark measures one thing. work is an empty directory, removed afterwards.
// firsts and runs are how many starts it counts unless the flags say; 0 means their own
// defaults.
type benchmark struct {
	name, about  string
	run          func(ctx context.Context, work string, o options) (*outcome, error)
	firsts, runs int
}

var benchmarks = []benchmark{
	{name: "starts", about: "builds, sizes, first and warm starts of small programs (the default)", run: benchStarts},
	{name: "calls", about: "a call from Go into Python, in nanoseconds, beside cgo and Python itself", run: benchCalls},
	{name: "rebuild", about: "builds after a change of Go code, and after none, beside the compiler alone", run: benchRebuild},
	{name: "growth", about: "builds and starts with ever more files, and one big payload", run: benchGrowth, firsts: 3, runs: 10},
	{name: "copy", about: "environments of links, ten programs with numpy, and a registry", run: benchCopy},
	{name: "check", about: "llgo py check of numpy and pandas, beside auditwheel", run: benchCheck},
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	what, args := benchmarks[0], os.Args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		var err error
		if what, err = find(args[0]); err != nil {
			return err
		}
		args = args[1:]
	}
	o, err := parseFlags(what, args)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "llgo-py-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	result, err := what.run(ctx, work, o)
	if err != nil {
		return err
	}
	return result.write(o)
}

func find(name string) (benchmark, error) {
	var names []string
	for _, b := range benchmarks {
		if b.name == name {
			return b, nil
		}
		names = append(names, b.name)
	}
	return benchmark{}, fmt.Errorf("nothing to measure is named %q: %s", name, strings.Join(names, ", "))
}

func parseFlags(what benchmark, args []string) (options, error) {
	o := options{files: intList{100, 1000, 10000, 30000}}
	flags := flag.NewFlagSet("benchmark", flag.ExitOnError)
	flags.IntVar(&o.runs, "runs", cmp.Or(what.runs, 20), "counted warm starts of each program")
	flags.IntVar(&o.firsts, "firsts", cmp.Or(what.firsts, 10), "first starts of each program")
	apps := flags.String("apps", "hello,mix,matrix,dataframe", "apps of scripts/benchmark/apps and testdata/apps")
	flags.Var(&o.peers, "peers", "measure other packagers: pyinstaller and cx_freeze (default), nuitka")
	flags.StringVar(&o.python, "python", "", "package this interpreter, ours and theirs (default: the managed CPython)")
	flags.Var(&o.files, "files", "growth: numbers of files")
	flags.Int64Var(&o.payload, "payload", 2<<30, "growth: bytes of the big payload, 0 for none")
	flags.StringVar(&o.json, "json", "", "write the figures to this file as well")
	flags.StringVar(&o.markdown, "markdown", "", "write the tables to this file as well")
	flags.StringVar(&o.svg, "svg", "", "draw a plot to this file as well")
	flags.Usage = func() { usage(flags) }
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.apps = strings.Split(*apps, ",")
	flags.Visit(func(f *flag.Flag) { o.chosen = o.chosen || f.Name == "apps" })
	if o.runs < 1 || o.firsts < 1 || flags.NArg() > 0 {
		return o, errors.New("-runs and -firsts are at least 1, and what is measured comes first")
	}
	return o, nil
}

func usage(flags *flag.FlagSet) {
	w := flags.Output()
	fmt.Fprintln(w, "usage: scripts/bench [what] [flags]")
	for _, b := range benchmarks {
		fmt.Fprintf(w, "  %-8s %s\n", b.name, b.about)
	}
	flags.PrintDefaults()
}
