package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/source"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

const helpEnv = `Usage: llgo py env <command>

An environment is a directory like a prefix (bin, lib, share, …) whose files are
links to entries of the store, so it costs next to nothing and changes in no time.
Every change makes a new generation of it; the link "current" is renamed when that is
complete, so that what runs and what looks never sees half of a change.

Commands:
    create <name> [<entry>...]     a new environment
    ls [-json]                     all of them
    show [-json] <name>            what is in one, why, and which files were in conflict
    install <name> <entry>...      ask for entries
    remove <name> <entry>...       take that back
    upgrade <name> [<entry>...]    the newest of what is there, or of what is named
    rollback <name> [<generation>] the generation before, or that one
    delete <name>                  the environment; -generations 1,2 only those of it
    run [-n] <name> <program> [<argument>...]
                                   a program with the environment's PATH, MANPATH, …
    shell [-n] <name>              your $SHELL with them
    workspace [-name <name>] <directory> [<entry>...]
                                   an environment to develop in: the directory is linked
                                   to src/, its Python modules can be imported; headers,
                                   static libraries, pkg-config files of all libraries
    graph [-format text|json|svg] [<name>...]
                                   what links to what
    libs [-json] <name> [-- <module>... | <statement>...]
                                   the shared objects that a session of the environment's
                                   Python loads, and where each is from: of these imports
                                   or statements, or of everything that is installed

An entry is chosen as in llgo py store: name, "name,version", "name,version,hash" or
what of them is clear. What has a slash in it is a file, which goes into the store
first, and so does what is fetched: python@3.14, 'numpy==2.5', 'pandas<3'. With an entry
come the libraries it was resolved against and its plain files (manual pages,
translations, completions, data): "hello-doc" and the like of the same version, in a
workspace "hello-dev" as well. An entry that was asked for by a version is upgraded only by name.

Python in an environment lies in python3.14/ (python3.14t), programs also in bin/. It is
one interpreter with what is installed for it: what is for another one, or requires what
is not there, is refused. As a virtual environment is, it is entered by
    . <environment>/current/python3.14/bin/activate     (activate.fish)
and left by deactivate; pip and uv leave it alone.

Two entries may have different files of one name. Which of them is seen:
` + env.Rule + `.
What that decided is told by install and show, and is in environment.json.

run and shell set PATH, MANPATH, INFOPATH and XDG_DATA_DIRS (data, completions for bash
and fish; show has the line for zsh), in a workspace also PKG_CONFIG_PATH, CPATH,
LIBRARY_PATH and LD_RUN_PATH, each only if the environment has such a directory, and no
other variable. -n prints the lines that do it by hand.

By hand, an environment is
    $LLGO_PY_DATA/envs/<name>/current -> generations/<n>
    (else $XDG_DATA_HOME/llgo-py, else ~/.local/share/llgo-py)
and going back is: ln -s generations/1 new && mv -T new current

Examples:
    llgo py env create tools ripgrep 'jq,1.7'
    llgo py env upgrade tools && llgo py env rollback tools
    llgo py env run tools jq . file.json
    eval "$(llgo py env shell -n tools)"
    llgo py env graph -format svg > graph.svg
    llgo py env create ml python@3.14 'numpy==2.5.5' && llgo py env run ml python3
    llgo py env libs ml -- 'import ctypes' 'ctypes.CDLL("libz.so.1")'
`

func envTable() []command {
	return []command{
		{name: "create", run: envRun(envCreate)},
		{name: "ls", run: envRun(envList)},
		{name: "show", run: envRun(envShow)},
		{name: "install", run: envRun(envInstall)},
		{name: "remove", run: envRun(envRemove)},
		{name: "upgrade", run: envRun(envUpgrade)},
		{name: "rollback", run: envRun(envRollback)},
		{name: "delete", run: envRun(envDelete, "generations")},
		{name: "run", run: envRun(envStart, "n")},
		{name: "shell", run: envRun(envShell, "n")},
		{name: "workspace", run: envRun(envWorkspace, "name")},
		{name: "graph", run: envRun(envGraph, "format")},
		{name: "libs", run: envRun(envLibs)},
	}
}

// envCommand is one use of `llgo py env`.
type envCommand struct {
	ctx   context.Context
	ui    *ui
	store *store.Store
	set   *env.Set
	args  []string // after the flags

	json        bool
	dry         bool
	name        string
	format      string
	generations string
}

// envRun reads the flags, opens store and environments, and reports. Every command has
// -json and -v; flags are those besides that it heeds.
func envRun(run func(*envCommand) error, flags ...string) func(ctx context.Context, args []string) int {
	return func(ctx context.Context, args []string) int {
		c := &envCommand{ctx: ctx}
		fs := flag.NewFlagSet("env", flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		fs.BoolVar(&c.json, "json", false, "")
		verbose := fs.Bool("v", false, "")
		fs.BoolVar(&c.dry, "n", false, "")
		fs.StringVar(&c.name, "name", "", "")
		fs.StringVar(&c.format, "format", "text", "")
		fs.StringVar(&c.generations, "generations", "", "")
		err := fs.Parse(args)
		fs.Visit(func(f *flag.Flag) {
			if !slices.Contains(append(flags, "json", "v"), f.Name) {
				err = errors.Join(err, fmt.Errorf("-%s is for another command", f.Name))
			}
		})
		c.ui, c.args = newUI(c.json, *verbose), fs.Args()
		if err != nil {
			return report(c.ui, usagef("llgo py help env", "llgo py env: %v", err))
		}
		err = c.open()
		if err == nil {
			err = errors.Join(run(c), c.store.Close())
		}
		return report(c.ui, err)
	}
}

func (c *envCommand) open() error {
	dir, err := store.Dir()
	if err != nil {
		return err
	}
	if c.store, err = store.Open(dir); err == nil {
		c.set = env.Open(dir, c.store, c.python()...)
	}
	return err
}

// want checks the number of arguments; most < 0 is any.
func (c *envCommand) want(what string, least, most int) error {
	if len(c.args) < least || most >= 0 && len(c.args) > most {
		return usagef("llgo py help env", "llgo py env %s", what)
	}
	return nil
}

// asking is the edit that asks for entries; files, and what is fetched, go into the
// store first.
func (c *envCommand) asking(name string, requests []string) (func(*env.Spec) error, error) {
	var edits []func(*env.Spec) error
	var asked []*store.Entry
	for _, request := range requests {
		if !strings.Contains(request, "/") && !source.Fetched(request) {
			edits = append(edits, c.naming(request))
			if e, err := c.store.Find(request); err == nil {
				asked = append(asked, e)
			}
			continue
		}
		entries, err := c.add(name, request, asked)
		if err != nil {
			return nil, err
		}
		asked = append(asked, entries...)
		edits = append(edits, c.set.AskingFor(strings.Contains(request, "=="), entries...))
	}
	return func(spec *env.Spec) error {
		for _, edit := range edits {
			if err := edit(spec); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// naming asks for an entry of the store.
func (c *envCommand) naming(request string) func(*env.Spec) error {
	asking := c.set.Asking(request)
	return func(spec *env.Spec) error {
		err := asking(spec)
		var missing *store.MissingError
		if errors.As(err, &missing) {
			return hintError{err, fmt.Sprintf("llgo py store ls   # a Python distribution is fetched as '%s>=0', a file is named ./FILE", request)}
		}
		return err
	}
}

// add puts what a file has, or what is fetched, into the store.
func (c *envCommand) add(name, file string, asked []*store.Entry) (entries []*store.Entry, err error) {
	o, err := c.fetching(name, asked)
	if err != nil {
		return nil, err
	}
	src, err := source.Open(file, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	drafts, err := src.Drafts(c.ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		e, err := c.store.Add(c.ctx, d)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func envCreate(c *envCommand) error {
	if err := c.want("create <name> [<entry>...]", 1, -1); err != nil {
		return err
	}
	asking, err := c.asking(c.args[0], c.args[1:])
	if err != nil {
		return err
	}
	spec := env.Spec{}
	if err := asking(&spec); err != nil {
		return err
	}
	e, err := c.set.Create(c.ctx, c.args[0], c.change("create"), spec)
	return c.changed(e, true, err)
}

// change says in environment.json what a generation was made for.
func (c *envCommand) change(verb string) string {
	return strings.Join(append([]string{verb}, c.args[1:]...), " ")
}

func envInstall(c *envCommand) error {
	if err := c.want("install <name> <entry>...", 2, -1); err != nil {
		return err
	}
	asking, err := c.asking(c.args[0], c.args[1:])
	if err != nil {
		return err
	}
	return c.changed(c.set.Change(c.ctx, c.args[0], c.change("install"), asking))
}

func envRemove(c *envCommand) error {
	if err := c.want("remove <name> <entry>...", 2, -1); err != nil {
		return err
	}
	return c.changed(c.set.Remove(c.ctx, c.args[0], c.args[1:]...))
}

func envUpgrade(c *envCommand) error {
	if err := c.want("upgrade <name> [<entry>...]", 1, -1); err != nil {
		return err
	}
	return c.changed(c.set.Upgrade(c.ctx, c.args[0], c.args[1:]...))
}

func envRollback(c *envCommand) error {
	if err := c.want("rollback <name> [<generation>]", 1, 2); err != nil {
		return err
	}
	n := 0
	if len(c.args) == 2 {
		var err error
		if n, err = strconv.Atoi(c.args[1]); err != nil || n < 1 {
			return usagef("llgo py env show "+c.args[0], "%s is no number of a generation", c.args[1])
		}
	}
	e, err := c.set.Rollback(c.ctx, c.args[0], n)
	return c.changed(e, true, err)
}

func envDelete(c *envCommand) error {
	if err := c.want("delete [-generations <n>,...] <name>", 1, 1); err != nil {
		return err
	}
	if c.generations == "" {
		if err := c.set.Delete(c.ctx, c.args[0]); err != nil {
			return err
		}
		c.ui.Note(fmt.Sprintf("%s is deleted; what nothing else uses goes with: llgo py store gc", c.args[0]))
		return nil
	}
	var numbers []int
	for _, text := range strings.Split(c.generations, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return usagef("llgo py env show "+c.args[0], "%s is no number of a generation", text)
		}
		numbers = append(numbers, n)
	}
	return c.set.Prune(c.ctx, c.args[0], numbers...)
}

func envWorkspace(c *envCommand) error {
	if err := c.want("workspace [-name <name>] <directory> [<entry>...]", 1, -1); err != nil {
		return err
	}
	src, err := env.NewSource(c.args[0])
	if err != nil {
		return err
	}
	name := c.name
	if name == "" {
		name = src.Name
	}
	asking, err := c.asking(name, c.args[1:])
	if err != nil {
		return err
	}
	edit := func(spec *env.Spec) error { return errors.Join(env.Workspace(src)(spec), asking(spec)) }
	change := strings.Join(append([]string{"workspace", src.Name}, c.args[1:]...), " ")
	e, changed, err := c.set.Change(c.ctx, name, change, edit)
	var missing *env.MissingError
	if errors.As(err, &missing) {
		spec := env.Spec{}
		if err := edit(&spec); err != nil {
			return err
		}
		changed = true
		e, err = c.set.Create(c.ctx, name, change, spec)
	}
	return c.changed(e, changed, err)
}
