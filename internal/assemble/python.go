package assemble

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// python provides the CPython of the program, with its requirements installed,
// and the helper that analyses it.
func (b *builder) python(ctx context.Context) (*pydist.Dist, *helper.Helper, error) {
	var options []helper.Option
	if b.Flags.Verbose {
		options = append(options, helper.WithVerbose(b.Stderr))
	}
	h, err := helper.Open(ctx, b.Reporter, options...)
	if err != nil {
		return nil, nil, err
	}
	dist, err := b.interpreter(ctx)
	if err != nil {
		return nil, nil, err
	}
	reqs, err := b.requirements(dist)
	if err != nil || reqs.Empty() {
		return dist, h, err
	}
	dist, err = h.Environment(ctx, dist, reqs, b.Reporter)
	return dist, h, err
}

func (b *builder) interpreter(ctx context.Context) (*pydist.Dist, error) {
	switch python := b.set.Python.Value; {
	case python == "":
		return pydist.Managed(ctx, b.Reporter, pydist.Default)
	case config.IsManagedVersion(python):
		return pydist.Managed(ctx, b.Reporter, python)
	default:
		return pydist.FromInterpreter(ctx, python)
	}
}

// requirements are the distributions to install: those of the settings and
// those listed beside go.mod. A venv of the user's is taken as it is unless the
// settings ask for more.
func (b *builder) requirements(dist *pydist.Dist) (helper.Requirements, error) {
	reqs := helper.Requirements{Specs: append(b.set.Dependencies.Values(), b.set.Requirement.Values()...)}
	if dist.IsVenv() && len(reqs.Specs) == 0 {
		return reqs, nil
	}
	dir := b.prog.ModuleDir()
	if file := filepath.Join(dir, "requirements.txt"); exists(file) {
		reqs.Files = []string{file}
		return reqs, nil
	}
	project := filepath.Join(dir, "pyproject.toml")
	has, err := hasDependencies(project)
	if has {
		reqs.Project = project
	}
	return reqs, err
}

// hasDependencies reports whether a pyproject.toml lists dependencies
// (PEP 621): many hold nothing but the settings of tools.
func hasDependencies(path string) (bool, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var doc struct {
		Project struct {
			Dependencies []string
		}
	}
	if err := toml.Unmarshal(data, &doc); err != nil {
		return false, fmt.Errorf("%s: %v", path, err)
	}
	return len(doc.Project.Dependencies) > 0, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
