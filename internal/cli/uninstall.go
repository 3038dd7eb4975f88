package cli

import (
	"context"
	"os"

	"github.com/llgo-pypack/llgo-pypack/internal/install"
	"github.com/llgo-pypack/llgo-pypack/internal/profile"
)

const helpUninstall = `Usage: llgo py uninstall [flags] NAME [WHERE]

Takes a version of a program away that llgo py install has put into the directory WHERE
(~/.local/bin if it is not said). NAME is what llgo py install -ls prints (name,
"name,version", …) or the file name of the program. If it was the version in use, the
newest that is left takes its place.

What other programs in WHERE use stays; so do files that were there before, or were
changed since. The store keeps its entry until llgo py store gc, which also notices if
WHERE was removed by hand.

Flags:
    --write-profile     if WHERE has no program any more, take it off PATH again
    --shell SHELL       bash, zsh or fish; $SHELL if it is not said
    -n                  print the plan and change nothing
    -json               one JSON object per line

Examples:
    llgo py uninstall jq-1.6
    llgo py uninstall -n jq ~/tools
`

// uninstallCommand is `llgo py uninstall`.
func uninstallCommand(ctx context.Context, c *installer) error {
	in, err := c.in(1)
	if err != nil {
		return err
	}
	var p *install.Removal
	if c.dry {
		p, err = in.PlanUninstall(c.args[0])
	} else {
		p, err = in.Uninstall(ctx, c.args[0])
	}
	if err != nil {
		return err
	}
	c.ui.uninstalled(p, c.dry)
	if left, err := in.Records(); err != nil || len(left) > 0 || !c.writeProfile || c.dry {
		return err
	}
	return c.offPath(ctx, in.Where())
}

// offPath takes the line away again that put WHERE on PATH.
func (c *installer) offPath(ctx context.Context, where string) error {
	user, err := profile.Current(c.data)
	if err != nil {
		return err
	}
	name := c.shell
	if name == "" {
		name = os.Getenv("SHELL")
	}
	shell, err := profile.Parse(name)
	if err != nil {
		return err
	}
	changes, err := user.Apply(ctx, func() ([]profile.Change, error) { return user.Remove(shell, where) })
	for _, change := range changes {
		if !c.ui.event(map[string]any{"type": "profile", "file": change.Path, "where": where}) {
			c.ui.line("%s no longer puts %s on PATH", change.Path, where)
		}
	}
	return err
}
