package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	buildreport "github.com/llgo-pypack/llgo-pypack/internal/report"
)

const helpWhy = `Usage: llgo py why [flags] <module|file|distribution> [package]

Says why something is packaged: the shortest way to it from the line of Go that
is to blame, over imports and the libraries that files are linked with.

    main.go:6:2 → numpy → numpy._core → numpy._core._multiarray_umath →
    python/lib/python3.14/site-packages/numpy/_core/_multiarray_umath….so

A file is named by its path in the package, or by enough of it to be the only one.
Of a module that is not packaged it says who asks for it, and whether the program
can fail without: "guarded" by try, if or a function on every way to it, a module
of another platform, an attribute and no module, or "required".

Flags:
    -report <file.json>      ask a report of a build (--py-report) and analyse nothing
    -all                     a way from every line that leads there, not the nearest only
    -json                    one JSON object per line
    (and all flags of llgo build)

Examples:
    llgo py why numpy.fft
    llgo py why libopenblas ./cmd/solver
    llgo py why -report out/app.json python/lib/libffi.so.8
`

// question is a command line about the contents of a package.
type question struct {
	opts   assemble.Options
	json   bool
	report string // a report to ask instead of a package
}

// parseQuestion reads the flags of a build and those of a question; the first n
// arguments after the flags are its own, the rest name a package.
func parseQuestion(args []string, help string, n int, more func(fs *flag.FlagSet)) (q question, own []string, err error) {
	q.opts, q.json, err = parseBuild(args, help, func(fs *flag.FlagSet) {
		fs.StringVar(&q.report, "report", "", "")
		more(fs)
	})
	if err != nil {
		return q, nil, err
	}
	if len(q.opts.Patterns) < n {
		return q, nil, usagef(help, "which module or file?")
	}
	own, q.opts.Patterns = q.opts.Patterns[:n], q.opts.Patterns[n:]
	if q.report != "" && len(q.opts.Patterns) > 0 {
		return q, nil, usagef(help, "-report %s: a report or a package, not both", q.report)
	}
	return q, own, nil
}

// answer reads the report, or makes it.
func (q question) answer(ctx context.Context, u *ui) (*buildreport.Report, error) {
	if q.report != "" {
		return buildreport.Read(q.report)
	}
	q.opts.Reporter, q.opts.Stdout, q.opts.Stderr, q.opts.Env = u, os.Stderr, os.Stderr, os.Environ()
	return assemble.Inspect(ctx, q.opts)
}

// whyCommand runs `llgo py why`.
func whyCommand(ctx context.Context, args []string) int {
	var all bool
	q, names, err := parseQuestion(args, "llgo py help why", 1, func(fs *flag.FlagSet) { fs.BoolVar(&all, "all", false, "") })
	u := newUI(q.json, false)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(helpWhy)
		return exitOK
	}
	if err != nil {
		return report(u, err)
	}
	r, err := q.answer(ctx, u)
	if err != nil {
		return report(u, err)
	}
	graph := buildreport.NewGraph(r)
	target, err := graph.Target(names[0])
	if err != nil {
		return report(u, err)
	}
	u.why(target, graph.Why(target), all)
	return exitOK
}

// why prints the chains that lead to a target.
func (u *ui) why(t buildreport.Target, chains []buildreport.Chain, all bool) {
	if t.State != "" && !u.event(map[string]any{"type": "absent", "name": t.Name(), "state": t.State, "reason": reasonOf(t)}) {
		fmt.Printf("%s is not in the package: %s\n", t.Name(), absence(t))
	}
	if len(chains) == 0 {
		return
	}
	shown := chains[:1]
	if all {
		shown = chains
	}
	for _, chain := range shown {
		if !u.event(map[string]any{"type": "chain", "name": t.Name(), "steps": chain}) {
			fmt.Println(written(chain))
		}
	}
	if more := len(chains) - len(shown); more > 0 && u.events == nil {
		fmt.Printf("(more ways from other places: %d, shown with -all)\n", more)
	}
}

func reasonOf(t buildreport.Target) helper.Reason {
	if t.Missing == nil {
		return ""
	}
	return t.Missing.Reason
}

// absence says in words why a module is not there, and whether that matters.
func absence(t buildreport.Target) string {
	switch reasonOf(t) {
	case helper.MissingRequired:
		return "nobody has it, and nothing catches the error"
	case helper.MissingGuarded:
		return "nobody has it; on every way to it there is a try, an if, a function or a hook's guess"
	case helper.MissingPlatform:
		return "it is a module of another system or another Python"
	case helper.MissingAttribute:
		return "it is made at run time by its package, or no module"
	case helper.MissingExcluded:
		return "it was left out on purpose"
	}
	return t.State
}

// written is a chain as one line, with a word where a step is not the obvious one.
func written(chain buildreport.Chain) string {
	var b strings.Builder
	for i, step := range chain {
		if i > 0 {
			b.WriteString(" → ")
		}
		b.WriteString(stepName(step))
		if word := words[step.How]; word != "" {
			b.WriteString(" (" + word + ")")
		}
	}
	return b.String()
}

func stepName(s buildreport.Step) string {
	switch s.Kind {
	case buildreport.StartUp:
		return "every interpreter at its start"
	case buildreport.Literal:
		return "Python in a literal"
	case buildreport.PyPackage:
		_, name, _ := strings.Cut(s.Name, "/")
		return "distribution " + name
	}
	return s.Name
}

// words explain the steps that are not plain imports.
var words = map[string]string{
	"try": "in try", "if": "in if", "def": "in a function", "hook": "a hook says", "stub": "in its stub",
	"part": "its package", "brings": "by a hook or ctypes",
}
