package cli

import "context"

const helpRemove = `Usage: llgo py remove [flags] <distribution>...

Takes Python distributions out of the dependencies that are listed beside go.mod
(pyproject.toml, requirements.txt), and out of pylock.toml with all that nothing
else needs. The versions of the others stay.

Flags:
    -C <dir>                 the directory to work in
    --py-python <python>     the Python to resolve for, as in llgo help build
    -tags <tags>             build tags of the Go packages
    -json, -v                one JSON object per line on stdout; say more

Example:
    llgo py remove numpy
`

func removeCommand(ctx context.Context, c *depsCommand) error {
	p, dist, err := c.open(ctx)
	if err != nil {
		return err
	}
	changes, err := p.Remove(ctx, dist, c.args)
	c.ui.changes(changes)
	return err
}
