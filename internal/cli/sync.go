package cli

import (
	"context"
	"fmt"

	"github.com/llgo-pypack/llgo-pypack/internal/deps"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

const helpSync = `Usage: llgo py sync [flags]

Makes the Python environment that a build would package from, with what
pylock.toml says, and prints where it is. It is for an editor, a type checker or a
look: a build makes it by itself. The environment belongs to the cache and is
shared; install nothing into it, add dependencies with llgo py add.

Flags:
    --py-locked              fail if pylock.toml is missing or stale; without it, it
                             is written then
    -C <dir>                 the directory to work in
    --py-python <python>     the Python, as in llgo help build
    -tags <tags>             build tags of the Go packages
    -json, -v                one JSON object per line on stdout; say more

Example:
    ln -sfn "$(llgo py sync)" .venv
`

func syncCommand(ctx context.Context, c *depsCommand) error {
	p, dist, err := c.open(ctx)
	if err != nil {
		return err
	}
	if dist.IsVenv() {
		return &helper.Error{
			Text: dist.Prefix + " is an environment of yours, which builds take as it is",
			Next: dist.Executable + " -m pip install …   # or leave --py-python out",
		}
	}
	env, err := p.Environment(ctx, dist, deps.Demand{Locked: c.locked})
	if err != nil {
		return err
	}
	if !c.ui.event(map[string]any{"type": "environment", "path": env.Prefix, "python": env.Executable, "version": env.Version}) {
		fmt.Println(env.Prefix)
	}
	return nil
}
