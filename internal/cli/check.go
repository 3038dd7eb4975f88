package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
	"github.com/llgo-pypack/llgo-pypack/internal/check"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
	"github.com/llgo-pypack/llgo-pypack/internal/check/render"
	"github.com/llgo-pypack/llgo-pypack/internal/check/runcheck"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/version"
)

const helpCheck = `Usage: llgo py check [flags] PATH…
       llgo py check --run [flags] PATH… [-- ARGUMENT…]
       llgo py check --explain ID

Says whether what was built will run elsewhere. PATH is an executable, a packaged
program (its directory or its one file), a wheel, or a directory of any of them,
for Linux or macOS, on any host. Nothing in it is executed without --run.

Against what:
    --target <what>          the oldest machine it has to run on: manylinux_2_17,
                             manylinux2014_x86_64, glibc:2.31, musllinux_1_2,
                             macos:11.0, macosx_11_0_arm64; a wheel is held to its
                             own tags without it
    --policy <file>          libraries your machines have besides the usual ones, and
                             symbol floors (repeatable; policy.schema.json)
    --cache <dir>            where a one-file program will unpack itself there: what
                             LLGO_PY_CACHE will be
    --py-python <path>       a CPython that reads the imports of byte code of its own
                             version; managed ones read theirs

By running it, on this machine and with your rights:
    --run                    start each program with the arguments, in an empty
                             environment, with a new home and, where the kernel can,
                             without a network; import all its modules; tell what it
                             opens outside of the bundle. Forms of one program
                             (directory, one file, unpackaged) must print the same
    --timeout <duration>     for one start and for one import (60s)

What fails:
    --fail-on error|warning  the mildest finding that makes the exit code 3 (error)
    --baseline <file>        findings that are known; they are counted, nothing more
    --write-baseline <file>  write all findings of this run as a baseline

Output, on stdout:
    --format <kind>[=<file>] text (the default), json, sarif, junit or github;
                             repeatable, for a report and a file in one run
    --list-rules             all rules
    --explain <id>           what a rule finds, why it matters, how to mend it

Exit code: 0 nothing found, 3 findings, 2 usage, 1 failure. The same input gives the
same bytes of output.

Examples:
    llgo py check --target glibc:2.31 out/app
    llgo py check --format github --format sarif=check.sarif dist/
    llgo py check --write-baseline known.json out/app
    llgo py check --run out/app app.onefile -- --self-test
    llgo py check --baseline known.json --fail-on warning out/app
`

// errFindings stands for exitFindings; what was found has been said.
var errFindings = errors.New("findings")

// checkFlags is the command line of `llgo py check`.
type checkFlags struct {
	formats       repeated
	policies      repeated
	target        string
	failOn        string
	cache         string
	python        string
	baseline      string
	writeBaseline string
	explain       string
	list          bool
	run           bool
	timeout       time.Duration
	args          []string // of the programs that --run starts
	verbose       bool
	paths         []string
}

// repeated is a flag that may be given several times.
type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, " ") }
func (r *repeated) Set(s string) error { *r = append(*r, s); return nil }

// checkCommand runs `llgo py check`.
func checkCommand(ctx context.Context, args []string) int {
	const help = "llgo py help check"
	var c checkFlags
	fs := flag.NewFlagSet("check", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	c.define(fs)
	err := fs.Parse(args)
	u := newUI(false, c.verbose)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(helpCheck)
		return exitOK
	}
	c.takeArgs(fs.Args())
	switch {
	case err != nil:
		err = flagError(fs, err, help)
	case c.list:
		return report(u, listRules(os.Stdout))
	case c.explain != "":
		return report(u, explainRule(os.Stdout, c.explain))
	case c.args != nil && !c.run:
		err = usagef(help, "llgo py check: arguments after -- are for --run")
	case len(c.paths) == 0:
		err = usagef(help, "llgo py check: what? an executable, a packaged program, a wheel or a directory")
	default:
		err = c.check(ctx, u)
	}
	if errors.Is(err, errFindings) {
		return exitFindings
	}
	return report(u, err)
}

// takeArgs divides what follows the flags at "--".
func (c *checkFlags) takeArgs(args []string) {
	c.paths = args
	if at := slices.Index(args, "--"); at >= 0 {
		c.paths, c.args = args[:at], args[at+1:]
	}
}

func (c *checkFlags) define(fs *flag.FlagSet) {
	fs.Var(&c.formats, "format", "")
	fs.Var(&c.policies, "policy", "")
	fs.StringVar(&c.target, "target", "", "")
	fs.StringVar(&c.failOn, "fail-on", string(finding.Error), "")
	fs.StringVar(&c.cache, "cache", "", "")
	fs.StringVar(&c.python, "py-python", "", "")
	fs.StringVar(&c.baseline, "baseline", "", "")
	fs.StringVar(&c.writeBaseline, "write-baseline", "", "")
	fs.StringVar(&c.explain, "explain", "", "")
	fs.BoolVar(&c.run, "run", false, "")
	fs.DurationVar(&c.timeout, "timeout", time.Minute, "")
	fs.BoolVar(&c.list, "list-rules", false, "")
	fs.BoolVar(&c.verbose, "v", false, "")
}

// check checks, and writes files only once everything is known.
func (c *checkFlags) check(ctx context.Context, u *ui) error {
	opts, err := c.options()
	if err != nil {
		return err
	}
	handlers, files, err := c.outputs(os.Stdout)
	if err != nil {
		return err
	}
	opts.Facts.Reporter = u
	if c.python != "" {
		if opts.Facts.Python, err = assemble.Interpreter(ctx, c.python, u); err != nil {
			return err
		}
	}
	if opts.Facts.Helper, err = helper.Open(ctx, u); err != nil {
		return err
	}
	if c.run {
		r, err := runcheck.New(ctx, runcheck.Options{Args: c.args, Reporter: u, Timeout: c.timeout, Import: c.timeout})
		if err != nil {
			return err
		}
		defer r.Close()
		opts.Start = starter(r, opts.Policy)
	}
	sum, err := check.Run(ctx, opts, handlers)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := f.save(); err != nil {
			return err
		}
	}
	if sum.Failed {
		return errFindings
	}
	return nil
}

// starter is what --run does with each container.
func starter(r *runcheck.Runner, p *policy.Policy) func(context.Context, *facts.Container) ([]finding.Finding, error) {
	return func(ctx context.Context, c *facts.Container) ([]finding.Finding, error) {
		s, err := r.Run(ctx, c)
		if err != nil || s == nil {
			return nil, err
		}
		return r.Findings(c, s, p, runtime.GOOS), nil
	}
}

// options turns the command line into those of the check.
func (c *checkFlags) options() (check.Options, error) {
	const help = "llgo py help check"
	opts := check.Options{
		Paths: c.paths, Cache: c.cache, FailOn: finding.Severity(c.failOn),
		Version: strings.TrimPrefix(version.Tool, "llgo-pypack "), Facts: facts.Options{},
	}
	if opts.FailOn != finding.Error && opts.FailOn != finding.Warning {
		return opts, usagef(help, "--fail-on %s: must be error or warning", c.failOn)
	}
	var err error
	if opts.Policy, err = policy.Load(c.policies...); err != nil {
		return opts, err
	}
	if c.target != "" {
		if opts.Target, err = opts.Policy.ParseTarget(c.target); err != nil {
			return opts, usagef(help, "--target: %v", err)
		}
	}
	if c.baseline != "" {
		opts.Baseline, err = check.ReadBaseline(c.baseline)
	}
	return opts, err
}

// outputs are the renderers that were asked for. What goes to a file is kept until
// the check is over.
func (c *checkFlags) outputs(stdout io.Writer) (finding.Tee, []*output, error) {
	formats := c.formats
	if len(formats) == 0 {
		formats = repeated{"text"}
	}
	var handlers finding.Tee
	var files []*output
	for _, format := range formats {
		kind, file, toFile := strings.Cut(format, "=")
		w := stdout
		if toFile {
			out := &output{path: file}
			w, files = out, append(files, out)
		}
		h, err := render.New(kind, w)
		if err != nil {
			return nil, nil, usagef("llgo py help check", "--format %s: %v", format, err)
		}
		handlers = append(handlers, h)
	}
	if c.writeBaseline != "" {
		out := &output{path: c.writeBaseline}
		handlers, files = append(handlers, check.NewBaselineWriter(out)), append(files, out)
	}
	return handlers, files, nil
}

// output is a file that is written as a whole, in the end.
type output struct {
	bytes.Buffer
	path string
}

// save puts the file in its place by a rename: a failure leaves an older one whole.
func (o *output) save() error {
	temp, err := os.CreateTemp(filepath.Dir(o.path), "."+filepath.Base(o.path)+".llgo-py-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(o.Bytes())
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), o.path)
}

func listRules(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range check.Rules() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.ID, r.Severity, r.What)
	}
	return table.Flush()
}

func explainRule(w io.Writer, id string) error {
	text, err := check.Explain(id)
	if err != nil {
		var h hinted
		errors.As(err, &h)
		return usagef(h.Hint(), "%v", err)
	}
	_, err = io.WriteString(w, text)
	return err
}
