package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	buildreport "github.com/llgo-pypack/llgo-pypack/internal/report"
)

const helpTree = `Usage: llgo py tree [flags] [package]

Shows of what a package would consist: distributions with their versions, CPython,
libraries of this machine; which one uses which, and how big each is. (*) marks
what is shown further up with all that it uses.

Flags:
    -depth <n>               how deep; 0 is no limit
    -report <file.json>      ask a report of a build (--py-report) and analyse nothing
    -json                    one JSON object per line and component
    (and all flags of llgo build)

Examples:
    llgo py tree
    llgo py tree -depth 1 ./cmd/solver
`

// treeCommand runs `llgo py tree`.
func treeCommand(ctx context.Context, args []string) int {
	var depth int
	q, _, err := parseQuestion(args, "llgo py help tree", 0, func(fs *flag.FlagSet) { fs.IntVar(&depth, "depth", 0, "") })
	u := newUI(q.json, false)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(helpTree)
		return exitOK
	}
	if err == nil && depth < 0 {
		err = usagef("llgo py help tree", "-depth %d: must be 0 or more", depth)
	}
	if err != nil {
		return report(u, err)
	}
	r, err := q.answer(ctx, u)
	if err != nil {
		return report(u, err)
	}
	u.tree(r, depth)
	return exitOK
}

// tree prints the components of a report.
func (u *ui) tree(r *buildreport.Report, depth int) {
	if u.events == nil {
		fmt.Printf("%s  %s\n", r.Program.Name, megabytes(r.Program.Unpacked))
	}
	for _, b := range r.Tree(depth) {
		c := b.Component
		if u.event(map[string]any{"type": "component", "depth": b.Depth, "again": b.Again, "component": c}) {
			continue
		}
		line := fmt.Sprintf("%s%s %s", branches(b.Last), c.Name, c.Version)
		if c.Version == "" {
			line = strings.TrimRight(line, " ")
		}
		switch {
		case b.Again:
			line += " (*)"
		case b.Deeper > 0:
			line += fmt.Sprintf("  %s, uses %d more", megabytes(c.Sizes.Total), b.Deeper)
		default:
			line += "  " + megabytes(c.Sizes.Total)
		}
		fmt.Println(line)
	}
}

// branches draws the lines in front of a component.
func branches(last []bool) string {
	var b strings.Builder
	for i, l := range last {
		switch end := i == len(last)-1; {
		case end && l:
			b.WriteString("└── ")
		case end:
			b.WriteString("├── ")
		case l:
			b.WriteString("    ")
		default:
			b.WriteString("│   ")
		}
	}
	return b.String()
}
