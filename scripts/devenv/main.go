// Devenv provides what the tests need besides Go, and prints it as shell
// assignments for scripts/test:
//
//	LLGO_PY_TEST_PYTHONS    the interpreters to test with, separated by colons
//	LLGO_PY_TEST_NUMPY      the interpreter of a venv with numpy
//	LLGO_PY_TEST_ANALYSIS   the directory of the analysis tools
//	LLGO_PY_DEV_PYTHON      the interpreter of a venv with pytest, ruff, mypy and the native tools
//
// Everything goes into the tool's own cache, by the tool's own means.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "devenv:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	rep := lines{}
	managed, err := pydist.Managed(ctx, rep, pydist.Default)
	if err != nil {
		return err
	}
	h, err := helper.Open(ctx, rep)
	if err != nil {
		return err
	}
	var (
		numpy, dev *pydist.Dist
		analysis   string
		pythons    []string
	)
	// Most of it is waiting for registries.
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		pythons, err = interpreters(ctx, rep, managed)
		return err
	})
	group.Go(func() (err error) {
		analysis, err = h.AnalysisTools(ctx)
		return err
	})
	group.Go(func() (err error) {
		dev, err = h.Environment(ctx, managed, helper.Requirements{
			Files: []string{"pyhelper/lock/dev.txt", "pyhelper/lock/native.txt"},
		}, rep)
		return err
	})
	group.Go(func() (err error) {
		numpy, err = h.Environment(ctx, managed, helper.Requirements{Files: []string{"testdata/apps/matrix/requirements.txt"}}, rep)
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	assign("LLGO_PY_TEST_PYTHONS", strings.Join(pythons, ":"))
	assign("LLGO_PY_TEST_NUMPY", numpy.Executable)
	assign("LLGO_PY_TEST_ANALYSIS", analysis)
	assign("LLGO_PY_DEV_PYTHON", dev.Executable)
	return nil
}

// interpreters are the managed CPython and one that is initialised the old way
// (before 3.14), pyenv's oldest or a managed 3.10; with --full, all there are.
func interpreters(ctx context.Context, rep progress.Reporter, managed *pydist.Dist) ([]string, error) {
	home, _ := os.UserHomeDir()
	found, err := filepath.Glob(filepath.Join(home, ".pyenv/versions/*/bin/python3"))
	if err != nil {
		return nil, err
	}
	var usable []*pydist.Dist
	for _, path := range found {
		if dist, err := pydist.FromInterpreter(ctx, path); err == nil {
			usable = append(usable, dist)
		}
	}
	full := os.Getenv("LLGO_PY_TEST_FULL") != ""
	if full || len(usable) == 0 {
		older, err := pydist.Managed(ctx, rep, "3.10")
		if err != nil {
			return nil, err
		}
		usable = append(usable, older)
	}
	slices.SortFunc(usable, func(a, b *pydist.Dist) int { return semver.Compare("v"+a.Version, "v"+b.Version) })
	if !full {
		usable = usable[:1]
	}
	all := []string{managed.Executable}
	for _, dist := range usable {
		all = append(all, dist.Executable)
	}
	return all, nil
}

func assign(name, value string) {
	fmt.Printf("%s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
}

// lines reports the names of phases on stderr.
type lines struct{}

func (lines) Phase(name string, _ int) progress.Task {
	fmt.Fprintln(os.Stderr, "devenv:", name)
	return progress.Discard.Phase(name, 0)
}
func (lines) Warn(text string) { fmt.Fprintln(os.Stderr, "devenv: warning:", text) }
func (lines) Note(text string) { fmt.Fprintln(os.Stderr, "devenv:", text) }
