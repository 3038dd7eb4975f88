package cli

import "context"

const helpAdd = `Usage: llgo py add [flags] <requirement>...

Adds Python distributions to the dependencies of the Go module that the working
directory is in, and writes their exact versions to pylock.toml. A requirement
is what pip takes: numpy, 'numpy==2.*', 'requests[socks]>=2', 'x @ <url>'. One
for a distribution that is listed already takes the place of the old one.

They are listed where the module lists them:

    [project] dependencies        of pyproject.toml, if it has the table [project]
    requirements.txt              if there is one, and nothing in the next
    [tool.llgo-py] dependencies   of pyproject.toml, which is made if need be

Comments and layout of the file stay. If the requirements cannot be resolved,
nothing is changed.

Flags:
    -C <dir>                 the directory to work in
    --py-python <python>     the Python to resolve for, as in llgo help build
    -tags <tags>             build tags of the Go packages
    -json, -v                one JSON object per line on stdout; say more

Examples:
    llgo py add numpy
    llgo py add 'numpy==2.*' 'pandas>=2,<4'
`

func addCommand(ctx context.Context, c *depsCommand) error {
	p, dist, err := c.open(ctx)
	if err != nil {
		return err
	}
	changes, err := p.Add(ctx, dist, c.args)
	c.ui.changes(changes)
	return err
}
