package assemble

import (
	"context"
	"fmt"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/deps"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// python provides the CPython of the program, with its requirements installed,
// and the helper that analyses it.
func (b *builder) python(ctx context.Context) (*pydist.Dist, *helper.Helper, error) {
	base, h, err := b.interpreter(ctx)
	if err != nil {
		return nil, nil, err
	}
	dist, err := b.withPackages(ctx, base, h)
	return dist, h, err
}

// interpreter provides the CPython alone.
func (b *builder) interpreter(ctx context.Context) (*pydist.Dist, *helper.Helper, error) {
	var options []helper.Option
	if b.Flags.Verbose {
		options = append(options, helper.WithVerbose(b.Stderr))
	}
	h, err := helper.Open(ctx, b.Reporter, options...)
	if err != nil {
		return nil, nil, err
	}
	dist, err := Interpreter(ctx, b.set.Python.Value, b.Reporter)
	return dist, h, err
}

// withPackages is the CPython with the requirements of the program.
func (b *builder) withPackages(ctx context.Context, base *pydist.Dist, h *helper.Helper) (*pydist.Dist, error) {
	dist, err := b.environment(ctx, base, h)
	if err != nil {
		return nil, err
	}
	return dist.Pin(ctx)
}

// Interpreter is the CPython that a value of the setting python names.
func Interpreter(ctx context.Context, python string, rep progress.Reporter) (*pydist.Dist, error) {
	switch {
	case python == "":
		return pydist.Managed(ctx, rep, pydist.Default)
	case config.IsManagedVersion(python):
		return pydist.Managed(ctx, rep, python)
	default:
		return pydist.FromInterpreter(ctx, python)
	}
}

// environment installs what the program asks for on top of dist. A virtual
// environment of the user's is taken as it is, with what the command line adds.
func (b *builder) environment(ctx context.Context, dist *pydist.Dist, h *helper.Helper) (*pydist.Dist, error) {
	demand := deps.Demand{Locked: b.set.Locked.Value}
	for _, requirement := range b.set.Requirement {
		if requirement.From.File == "" { // those of the file are the module's
			demand.Besides = append(demand.Besides, requirement.Value)
		}
	}
	if !dist.IsVenv() {
		project := deps.Project{
			Dir: b.prog.ModuleDir(), Packages: b.prog.Dirs(), Foreign: b.foreign(), Helper: h, Reporter: b.Reporter,
		}
		return project.Environment(ctx, dist, demand)
	}
	if demand.Locked {
		return nil, &helper.Error{
			Text: fmt.Sprintf("--py-locked: the packages of %s are not locked, they are taken as they are", b.display(dist.Prefix)),
			Next: "build without --py-python to use " + pylock.FileName + ", or without --py-locked",
		}
	}
	return h.Environment(ctx, dist, helper.Requirements{Specs: demand.Besides, Dir: b.Dir}, b.Reporter)
}

// foreign tells whether the program belongs to a module in the module cache,
// which no build writes to.
func (b *builder) foreign() bool {
	m := b.prog.Main.Module
	return m != nil && !m.Main
}
