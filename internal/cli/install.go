package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/install"
	"github.com/llgo-pypack/llgo-pypack/internal/profile"
	"github.com/llgo-pypack/llgo-pypack/internal/pyenv"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

const helpInstall = `Usage: llgo py install [flags] BIN [WHERE]

Puts a program into the directory WHERE (~/.local/bin if it is not said), with the
libraries it needs. BIN is an entry of the store (name, "name,version",
"name,version,hash" or what of them is clear), a file with a slash in its name (a
program, a .deb, a wheel, a directory of llgo build --py-onedir) or a requirement
(black==24.1). Files and requirements go into the store first, with the libraries of
this machine that a plain program needs, and with what a distribution requires.

    WHERE/jq-1.6              the program
    WHERE/jq                  a link to the version in use: the one installed last
    WHERE/jq-1.6_deps/        libraries of its own
    WHERE/common_libs/        libraries that all programs in WHERE share
    WHERE/black-24.1_deps/    of a Python program: an environment of its own
    WHERE/share/              man pages and completions (of a WHERE called bin: ../share)

Versions lie side by side. To go back, install the old one again: only the link
changes. The directory can be copied anywhere. Nothing that is not from here is
overwritten, and at every moment each program in WHERE is whole.

Flags:
    --libs ENV,…        what is equal in these environments (or directories) becomes a
                        link there; the rest comes from the store
    --write-profile     put WHERE on PATH, by a line in what your shell reads when it
                        starts; never twice
    --shell SHELL       bash, zsh or fish; $SHELL if it is not said
    -ls                 what is installed in WHERE (the only argument), and what is in use
    -n                  print the plan and change nothing but the store
    -json               one JSON object per line

It tells of programs of the same name elsewhere on PATH, and warns if one hides the
other. llgo py store which FILE leads from any file back to its entry, wherever it was
copied; llgo py uninstall takes a program away.

Examples:
    llgo py install jq
    llgo py install ./hello_2.10-3_amd64.deb ~/tools
    llgo py install 'jq,1.6'
    llgo py install black==24.1
    llgo py install --libs base --write-profile ./out/app
`

// installFlags are those of install and uninstall.
type installFlags struct {
	libs         string
	shell        string
	writeProfile bool
	list         bool
	dry          bool
	json         bool
	verbose      bool
	args         []string
}

// installRun reads the flags of a command of its name, opens the store and reports.
func installRun(name, help string, most int, run func(context.Context, *installer) error) func(context.Context, []string) int {
	return func(ctx context.Context, args []string) int {
		var f installFlags
		err := f.parse(name, args)
		u := newUI(f.json, f.verbose)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Print(help)
			return exitOK
		}
		switch {
		case err != nil:
		case len(f.args) == 0 && !f.list:
			err = usagef("llgo py help "+name, "llgo py %s: which program?", name)
		case len(f.args) > most || f.list && len(f.args) > 1:
			err = usagef("llgo py help "+name, "llgo py %s: unexpected argument %s", name, f.args[len(f.args)-1])
		}
		if err != nil {
			return report(u, err)
		}
		return report(u, withInstaller(u, f, func(i *installer) error { return run(ctx, i) }))
	}
}

func (f *installFlags) parse(name string, args []string) error {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.BoolVar(&f.json, "json", false, "")
	fs.BoolVar(&f.verbose, "v", false, "")
	fs.BoolVar(&f.dry, "n", false, "")
	fs.BoolVar(&f.list, "ls", false, "")
	fs.BoolVar(&f.writeProfile, "write-profile", false, "")
	fs.StringVar(&f.shell, "shell", "", "")
	fs.StringVar(&f.libs, "libs", "", "")
	for {
		if err := fs.Parse(args); err != nil {
			return flagError(fs, err, "llgo py help "+name)
		}
		if fs.NArg() == 0 {
			return nil
		}
		f.args, args = append(f.args, fs.Arg(0)), fs.Args()[1:] // flags may come last
	}
}

// installer is one use of install or uninstall.
type installer struct {
	installFlags
	ui    *ui
	data  string
	store *store.Store
}

func withInstaller(u *ui, f installFlags, run func(*installer) error) error {
	data, err := store.Dir()
	if err != nil {
		return err
	}
	s, err := store.Open(data)
	if err != nil {
		return err
	}
	return errors.Join(run(&installer{f, u, data, s}), s.Close())
}

// in is the directory WHERE: argument i, or the user's own.
func (c *installer) in(i int) (*install.Installer, error) {
	if len(c.args) > i {
		return install.New(c.store, c.args[i], c.python())
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, usagef("llgo py help install", "llgo py install: where? %v", err)
	}
	return install.New(c.store, filepath.Join(home, ".local", "bin"), c.python())
}

// python are environments that can hold Python.
func (c *installer) python() *env.Set {
	open := func(ctx context.Context) (*helper.Helper, error) { return helper.Open(ctx, c.ui) }
	return env.Open(c.data, c.store, pyenv.Options(c.store, open)...)
}

// installCommand is `llgo py install`.
func installCommand(ctx context.Context, c *installer) error {
	if c.list {
		return c.listInstalled()
	}
	in, err := c.in(1)
	if err != nil {
		return err
	}
	e, err := c.entry(ctx, c.args[0])
	if err != nil {
		return err
	}
	libs, err := c.environments()
	if err != nil {
		return err
	}
	var p *install.Plan
	if c.dry {
		p, err = in.Plan(ctx, e, libs)
	} else {
		p, err = in.Install(ctx, e, libs)
	}
	if err != nil {
		return err
	}
	c.ui.installed(p, c.dry)
	others, err := in.Others(ctx, p.Record, os.Getenv("PATH"))
	if err != nil {
		return err
	}
	for _, o := range others {
		c.ui.other(p, o)
	}
	return c.path(ctx, in)
}

// entry finds BIN in the store, or puts it there.
func (c *installer) entry(ctx context.Context, name string) (*store.Entry, error) {
	if !strings.Contains(name, "/") {
		e, err := c.store.Find(name)
		var missing *store.MissingError
		_, statErr := os.Stat(name)
		if err == nil || !errors.As(err, &missing) || statErr != nil && !strings.ContainsAny(name, "=<>~@") {
			return e, err
		}
	}
	task := c.ui.Phase("adding "+filepath.Base(name)+" to the store", 0)
	e, brought, err := install.Bring(ctx, c.store, name, c.ui)
	task.Done()
	for _, b := range brought {
		c.ui.Note(fmt.Sprintf("%s is a copy of this machine's %s", b.ID(), b.Origin.Source))
	}
	return e, err
}

// environments are those of --libs.
func (c *installer) environments() ([]install.Libs, error) {
	var list []install.Libs
	for _, name := range strings.FieldsFunc(c.libs, func(r rune) bool { return r == ',' }) {
		if strings.Contains(name, "/") {
			dir, err := filepath.Abs(name)
			if err != nil {
				return nil, err
			}
			list = append(list, install.Libs{Name: dir, Dir: dir})
			continue
		}
		set := env.Open(c.data, c.store)
		if _, err := set.Current(name); err != nil {
			return nil, err
		}
		list = append(list, install.Libs{Name: name, Dir: filepath.Join(set.Home(name), "lib")})
	}
	return list, nil
}

// path puts WHERE on PATH, or says how.
func (c *installer) path(ctx context.Context, in *install.Installer) error {
	onPath := install.OnPath(os.Getenv("PATH"), in.Where())
	user, err := profile.Current(c.data)
	if err != nil {
		return err
	}
	name := c.shell
	if name == "" {
		name = os.Getenv("SHELL")
	}
	shell, err := profile.Parse(name)
	if c.writeProfile {
		if err != nil {
			return err
		}
		return c.writeProfiles(ctx, user, shell, in.Where())
	}
	if err != nil {
		shell = profile.Bash // what it is told is a line of POSIX
	}
	if line := shell.Line(in.Where(), user.Home); !onPath && !c.ui.event(map[string]any{"type": "path", "where": in.Where(), "on_path": onPath, "line": line}) {
		c.ui.line("%s is not on PATH; type this, or say --write-profile:", in.Where())
		fmt.Fprintf(c.ui.out, "      %s\n", line)
	}
	return nil
}

func (c *installer) writeProfiles(ctx context.Context, user profile.User, shell profile.Shell, where string) error {
	plan := func() ([]profile.Change, error) { return user.Add(shell, where) }
	var changes []profile.Change
	var err error
	if c.dry {
		changes, err = plan()
	} else {
		changes, err = user.Apply(ctx, plan)
	}
	for _, change := range changes {
		if !c.ui.event(map[string]any{"type": "profile", "file": change.Path, "where": where}) {
			c.ui.line("%s puts %s on PATH, in shells that start from now on", change.Path, where)
		}
	}
	if err == nil && len(changes) == 0 {
		c.ui.Note(fmt.Sprintf("the start of %s has %s already: %s", shell, where, strings.Join(user.Files(shell), ", ")))
	}
	return err
}

// listInstalled prints what is in WHERE.
func (c *installer) listInstalled() error {
	in, err := c.in(0)
	if err != nil {
		return err
	}
	records, err := in.Records()
	if err != nil {
		return err
	}
	for _, r := range records {
		c.ui.record(in, r)
	}
	return nil
}
