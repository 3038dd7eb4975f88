package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
)

// group makes one command of several: `llgo py <name> <subcommand>`. Its help is one
// text that tells of all of them.
func group(name, help string, table []command) func(ctx context.Context, args []string) int {
	return func(ctx context.Context, args []string) int {
		if len(args) == 0 {
			fmt.Fprint(os.Stderr, help)
			return exitUsage
		}
		asked := []string{"help", "-h", "-help", "--help"}
		if slices.Contains(asked, args[0]) || slices.ContainsFunc(args[1:min(len(args), 2)], func(arg string) bool { return slices.Contains(asked[1:], arg) }) {
			fmt.Print(help)
			return exitOK
		}
		names := make([]string, len(table))
		for i, c := range table {
			if c.name == args[0] {
				return c.run(ctx, args[1:])
			}
			names[i] = c.name
		}
		return report(newUI(false, false), usagef("llgo py help "+name,
			"llgo py %s %s: unknown command; there are %s", name, args[0], strings.Join(names, ", ")))
	}
}
