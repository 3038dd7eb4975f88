package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
	"github.com/llgo-pypack/llgo-pypack/internal/trace"
)

const helpTrace = `Usage: llgo py trace [-write] [-json] [flags of llgo build] [package] [-- arguments]

Builds the program for this machine, runs it with the arguments after --, and
reports what it used of Python that its package would not have: modules that are
imported by a computed name, data files of packages, libraries that are loaded
by name. Child processes that Python starts are traced as well.

What analysis missed is not found by chance: let the run do what users do. Ctrl-C
ends the program and then the report is made.

Flags:
    -write    add the settings that are missing to [tool.llgo-py] in the
              pyproject.toml beside go.mod; what names a file of this machine
              goes to the table of its operating system. Then trace again:
              what is found now may import more
    -json     one JSON object per line on stdout; the program's own output goes
              to stderr
    (and all flags of llgo build)

Exit code: 0 if nothing was missed or all of it is written now, 3 if something
was missed, 1 if the program failed or cannot be traced.

Examples:
    llgo py trace . -- -config test.toml
    llgo py trace -write --py-path py ./cmd/server -- -selftest
`

// traceCommand runs `llgo py trace`.
func traceCommand(ctx context.Context, args []string) int {
	args, program := cutProgram(args)
	args, write := cutWrite(args)
	opts, json, err := parseBuild(args, "llgo py help trace")
	u := newUI(json, opts.Flags.Verbose)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(helpTrace)
		return exitOK
	}
	if err != nil {
		return report(u, err)
	}
	opts.Reporter, opts.Stdout, opts.Stderr, opts.Env = u, os.Stdout, os.Stderr, os.Environ()
	run := assemble.TraceOptions{Args: program, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Write: write}
	if json {
		opts.Stdout, run.Stdout = os.Stderr, os.Stderr
	}
	traced, err := assemble.Trace(ctx, opts, run)
	if err != nil {
		return report(u, err)
	}
	u.traced(traced)
	switch {
	case traced.Code != 0:
		return report(u, fmt.Errorf("the program failed (%s): what it did not reach was not traced", ending(traced.Code)))
	case !traced.Empty() && traced.Written == "":
		return exitFindings
	}
	return exitOK
}

// cutProgram takes the program's arguments off, which begin after "--".
func cutProgram(args []string) (own, program []string) {
	if i := slices.Index(args, "--"); i >= 0 {
		return args[:i], args[i+1:]
	}
	return args, nil
}

// cutWrite takes -write off, which no build has.
func cutWrite(args []string) (rest []string, write bool) {
	for _, arg := range args {
		if arg == "-write" || arg == "--write" {
			write = true
		} else {
			rest = append(rest, arg)
		}
	}
	return rest, write
}

func ending(code int) string {
	if code < 0 {
		return "killed by a signal"
	}
	return fmt.Sprintf("exit code %d", code)
}

// traced prints what a run found: a line for each thing, what would tell the
// analysis, and what to do with it.
func (u *ui) traced(t *assemble.Traced) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, group := range []struct {
		kind   string
		missed []trace.Missed
	}{{"module", t.Modules}, {"data file", t.Files}, {"library", t.Libraries}} {
		for _, m := range group.missed {
			u.missed(group.kind, m)
		}
	}
	for _, s := range t.Settings {
		if !u.event(map[string]any{"type": "setting", "name": s.Name, "value": s.Value, "this_system_only": s.Here}) {
			u.line("missing setting: %s = [%q]", s.Name, s.Value)
		}
	}
	if u.event(map[string]any{
		"type": "traced", "modules": len(t.Modules), "files": len(t.Files), "libraries": len(t.Libraries),
		"exit_code": t.Code, "written": t.Written,
	}) {
		return
	}
	switch {
	case t.Empty():
		u.line("the run used nothing that analysis does not find")
	case t.Written != "":
		u.line("%s has these settings now; trace again to see whether more is needed", t.Written)
	default:
		u.line("%d modules, %d data files and %d libraries would be missing: llgo py trace -write adds the settings to pyproject.toml",
			len(t.Modules), len(t.Files), len(t.Libraries))
	}
}

// missed prints one thing. What another one of them brings along is for machines,
// and counted for people.
func (u *ui) missed(kind string, m trace.Missed) {
	if u.event(map[string]any{"type": "missed", "kind": kind, "name": m.Name, "file": m.File, "by": m.By, "implied": m.Implied}) || m.Implied {
		return
	}
	by := ""
	if m.By != "" {
		by = ", imported by " + m.By
	}
	u.line("missed %s %s (%s%s)", kind, m.Name, m.File, by)
}
