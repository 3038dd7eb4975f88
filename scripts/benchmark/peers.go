package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// peer is another packager, installed for one app: on the interpreter that is
// packaged, with what the app requires.
type peer struct {
	specs     []string // what is installed, as pip names it
	packagers func(*peer) []*packager
	lacks     func(*pydist.Dist) string // what it cannot work without and is not there, or ""; nil: nothing

	helper *helper.Helper
	base   *pydist.Dist
}

var knownPeers = map[string]*peer{
	"pyinstaller": pyInstaller,
	"nuitka":      nuitka,
}

// peerList is the value of -peers. Without a value it is the default peer, which
// takes seconds; Nuitka takes minutes.
type peerList []string

func (l *peerList) String() string   { return strings.Join(*l, ",") }
func (l *peerList) IsBoolFlag() bool { return true }

func (l *peerList) Set(value string) error {
	switch value {
	case "true":
		value = "pyinstaller"
	case "false":
		*l = nil
		return nil
	}
	*l = strings.Split(value, ",")
	for _, name := range *l {
		if knownPeers[name] == nil {
			return fmt.Errorf("no peer %q: pyinstaller or nuitka", name)
		}
	}
	return nil
}

// openPeers makes the peers ready that are asked for. One that this machine lacks
// something for is left out, with a line.
func openPeers(ctx context.Context, o options) (all []*packager, err error) {
	if len(o.peers) == 0 {
		return nil, nil
	}
	base, err := base(ctx, o.python)
	if err != nil {
		return nil, err
	}
	h, err := helper.Open(ctx, progress.Discard)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(o.peers))) {
		p := knownPeers[name]
		if p.lacks != nil {
			if lacks := p.lacks(base); lacks != "" {
				fmt.Fprintf(os.Stderr, "benchmark: %s is left out: it needs %s\n", name, lacks)
				continue
			}
		}
		p.helper, p.base = h, base
		all = append(all, p.packagers(p)...)
	}
	return all, nil
}

// base is the interpreter that is packaged, by ours and theirs.
func base(ctx context.Context, python string) (*pydist.Dist, error) {
	if python != "" {
		return pydist.FromInterpreter(ctx, python)
	}
	return pydist.Managed(ctx, progress.Discard, pydist.Default)
}

// environment provides the peer and what an app requires.
func (p *peer) environment(ctx context.Context, app string) (*pydist.Dist, error) {
	reqs := helper.Requirements{Specs: p.specs}
	if file := filepath.Join(source(app), "requirements.txt"); exists(file) {
		reqs.Files = []string{file}
	}
	return p.helper.Environment(ctx, p.base, reqs, progress.Discard)
}

// prepare writes an app's Python to dir and has the peer's own modules compiled,
// as ours are: a cold build is one of a tool that is in use.
func (p *peer) prepare(ctx context.Context, app, dir string) error {
	if err := os.WriteFile(script(app, dir), []byte(pythonOf(app)), 0o600); err != nil {
		return err
	}
	env, err := p.environment(ctx, app)
	if err != nil {
		return err
	}
	cmd, err := env.Command(ctx, "-m", "compileall", "-q", "-j", "0", env.Prefix)
	if err != nil {
		return err
	}
	// Packages come with examples for other versions, which do not compile.
	_ = cmd.Run()
	return nil
}

// command starts a module of the environment, with variables of its own.
func (p *peer) command(ctx context.Context, app, dir string, vars []string, args ...string) (*exec.Cmd, error) {
	env, err := p.environment(ctx, app)
	if err != nil {
		return nil, err
	}
	cmd, err := env.Command(ctx, args...)
	if err != nil {
		return nil, err
	}
	cmd.Dir = dir
	cmd.Env = append(cmd.Env, vars...)
	return cmd, nil
}

func hasPython(app string) bool { return pythonOf(app) != "" }

func script(app, dir string) string { return filepath.Join(dir, app+".py") }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
