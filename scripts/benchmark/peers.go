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
	lacks     func(*pydist.Dist) string // why it cannot work here, or ""; nil: it can

	helper *helper.Helper
	base   *pydist.Dist
	chosen bool // the apps were named, not the default ones
}

// The programs of peers that targets are about.
const (
	pyInstallerOnefile = "pyinstaller " + onefile
	nuitkaOnefile      = "nuitka " + onefile
)

var knownPeers = map[string]*peer{
	"pyinstaller": pyInstaller,
	"cx_freeze":   cxFreeze,
	"nuitka":      nuitka,
}

// peerList is the value of -peers. Without a value it is the peers that take
// seconds; Nuitka takes minutes.
type peerList []string

func (l *peerList) String() string   { return strings.Join(*l, ",") }
func (l *peerList) IsBoolFlag() bool { return true }

func (l *peerList) Set(value string) error {
	switch value {
	case "true":
		value = "pyinstaller,cx_freeze"
	case "false":
		*l = nil
		return nil
	}
	*l = strings.Split(value, ",")
	for _, name := range *l {
		if knownPeers[name] == nil {
			return fmt.Errorf("no peer %q: pyinstaller, cx_freeze or nuitka", name)
		}
	}
	return nil
}

// openPeers makes the peers ready that are asked for. The packagers of one that
// cannot work on this machine lack every app, with the reason.
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
		p.helper, p.base, p.chosen = h, base, o.chosen
		packagers := p.packagers(p)
		if reason := p.missing(); reason != "" {
			for _, its := range packagers {
				its.lacks = func(string) string { return reason }
			}
		}
		all = append(all, packagers...)
	}
	return all, nil
}

// missing is why a peer cannot work on this machine, or "".
func (p *peer) missing() string {
	if p.lacks == nil {
		return ""
	}
	return p.lacks(p.base)
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
