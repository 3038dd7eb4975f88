// Devenv provides what the tests need besides Go, and prints it as shell
// assignments for scripts/test:
//
//	LLGO_PY_TEST_PYTHON    the managed CPython that programs are packaged with
//	LLGO_PY_TEST_PYTHONS   all interpreters to test with, separated by colons
//	LLGO_PY_TEST_NUMPY     the interpreter of a venv with numpy
//	LLGO_PY_DEV_PYTHON     the interpreter of a venv with pytest, ruff, mypy and the locked tools
//
// Everything goes into the tool's own cache, by the tool's own means.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
	numpy, err := h.Environment(ctx, managed, helper.Requirements{Files: []string{"testdata/apps/matrix/requirements.txt"}}, rep)
	if err != nil {
		return err
	}
	locks, err := filepath.Glob("pyhelper/lock/*.txt")
	if err != nil {
		return err
	}
	dev, err := h.Environment(ctx, managed, helper.Requirements{Files: locks}, rep)
	if err != nil {
		return err
	}
	pythons, err := interpreters(ctx, rep, managed)
	if err != nil {
		return err
	}
	assign("LLGO_PY_TEST_PYTHON", managed.Executable)
	assign("LLGO_PY_TEST_PYTHONS", strings.Join(pythons, ":"))
	assign("LLGO_PY_TEST_NUMPY", numpy.Executable)
	assign("LLGO_PY_DEV_PYTHON", dev.Executable)
	return nil
}

// interpreters are the managed CPython, with --full the older managed ones, and
// every usable one that pyenv has on this machine.
func interpreters(ctx context.Context, rep progress.Reporter, managed *pydist.Dist) ([]string, error) {
	all := []string{managed.Executable}
	if os.Getenv("LLGO_PY_TEST_FULL") != "" {
		for _, version := range []string{"3.11", "3.10"} {
			dist, err := pydist.Managed(ctx, rep, version)
			if err != nil {
				return nil, err
			}
			all = append(all, dist.Executable)
		}
	}
	home, _ := os.UserHomeDir()
	found, err := filepath.Glob(filepath.Join(home, ".pyenv/versions/*/bin/python3"))
	for _, path := range found {
		if dist, err := pydist.FromInterpreter(ctx, path); err == nil {
			all = append(all, dist.Executable)
		}
	}
	return all, err
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
