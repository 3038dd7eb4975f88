package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/assemble"
	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/deps"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// depsCommand is what the commands about dependencies (add, remove, lock, sync)
// have in common: their flags, and the module that they are about.
type depsCommand struct {
	name, help string
	dir        string
	python     string
	tags       string
	json       bool
	verbose    bool
	upgrade    bool // lock
	locked     bool // sync
	args       []string

	ui *ui
}

// depsRun makes a command of `llgo py` of its name, help and work.
func depsRun(name, help string, work func(context.Context, *depsCommand) error) func(context.Context, []string) int {
	return func(ctx context.Context, args []string) int {
		c := &depsCommand{name: name, help: help}
		err := c.parse(args)
		c.ui = newUI(c.json, c.verbose)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Print(help)
			return exitOK
		}
		if err == nil {
			err = work(ctx, c)
		}
		return report(c.ui, err)
	}
}

func (c *depsCommand) topic() string { return "llgo py help " + c.name }

func (c *depsCommand) parse(args []string) error {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&c.dir, "C", "", "")
	fs.StringVar(&c.python, "py-python", "", "")
	fs.StringVar(&c.tags, "tags", "", "")
	fs.BoolVar(&c.json, "json", false, "")
	fs.BoolVar(&c.verbose, "v", false, "")
	if c.name == "lock" {
		fs.BoolVar(&c.upgrade, "upgrade", false, "")
	}
	if c.name == "sync" {
		fs.BoolVar(&c.locked, "py-locked", false, "")
	}
	if err := fs.Parse(args); err != nil {
		return flagError(fs, err, c.topic())
	}
	c.args = fs.Args()
	takes := c.name == "add" || c.name == "remove"
	switch {
	case takes && len(c.args) == 0:
		return usagef(c.topic(), "llgo py %s: which distribution?", c.name)
	case !takes && len(c.args) > 0:
		return usagef(c.topic(), "llgo py %s: unexpected argument %s", c.name, c.args[0])
	}
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		return err
	}
	if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
		return usagef("", "-C %s: not a directory", c.dir)
	}
	c.dir = dir
	return nil
}

// open provides the module of the working directory and the interpreter that its
// Python side is for.
func (c *depsCommand) open(ctx context.Context) (*deps.Project, *pydist.Dist, error) {
	var options []helper.Option
	if c.verbose {
		options = append(options, helper.WithVerbose(os.Stderr))
	}
	h, err := helper.Open(ctx, c.ui, options...)
	if err != nil {
		return nil, nil, err
	}
	cfg := gosource.Config{Dir: c.dir, Env: os.Environ()}
	if c.tags != "" {
		cfg.Flags = []string{"-tags", c.tags}
	}
	module, err := gosource.ModuleDir(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	p := &deps.Project{Dir: module, Helper: h, Reporter: c.ui}
	cfg.Dir = module
	if _, err := os.Stat(filepath.Join(module, "go.mod")); err == nil {
		if p.Packages, err = gosource.Dirs(ctx, cfg); err != nil {
			return nil, nil, err
		}
	}
	python, err := c.interpreter(module)
	if err != nil {
		return nil, nil, err
	}
	dist, err := assemble.Interpreter(ctx, python, c.ui)
	return p, dist, err
}

// interpreter is the setting python: of the flag, or of the file.
func (c *depsCommand) interpreter(module string) (string, error) {
	place := config.Place{Dir: c.dir, Module: module, OS: runtime.GOOS}
	if c.python != "" {
		return config.Python(c.dir, c.python), nil
	}
	set, err := config.Resolve(&config.Flags{}, place)
	if err != nil {
		return "", err
	}
	return set.Python.Value, nil
}

// changes tells what a new lock has that the old one had not.
func (u *ui) changes(all []deps.Change) {
	for _, change := range all {
		u.mu.Lock()
		if !u.event(map[string]any{"type": "change", "name": change.Name, "old": change.Old, "new": change.New}) {
			u.line("  %s", change)
		}
		u.mu.Unlock()
	}
}
