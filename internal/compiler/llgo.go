package compiler

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/pyinit"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
)

// llgo is the real one, an installed tool. What it builds is linked with libpython,
// and with an object of ours that starts it (package pyinit).
type llgo struct {
	path    string
	version string   // "v0.13.0", "(devel)"
	env     []string // of its processes, with a Go that it can work with
}

func (c *llgo) Name() string { return "llgo " + c.version }

// Linked is true: the loader must find libpython before the program starts.
func (c *llgo) Linked() bool { return true }

// Build runs llgo on the user's package. Its output reaches the user unchanged.
func (c *llgo) Build(ctx context.Context, job Job) error {
	args, env, err := c.command(job)
	if err != nil {
		return err
	}
	if job.Python == nil {
		return c.run(ctx, job, args, env)
	}
	work, err := makeWorkDir()
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	tools := toolchain{env: env, root: c.root(env)}
	object, err := tools.compileStart(ctx, work, job)
	if err != nil {
		return err
	}
	link, err := tools.linkVariables(ctx, work, object, job)
	if err != nil {
		return err
	}
	cache, err := c.cacheVariables(ctx, env)
	if err != nil {
		return err
	}
	if err := c.run(ctx, job, args, slices.Concat(env, link, cache)); err != nil {
		return err
	}
	if !job.Packaged {
		return nil
	}
	return c.hideBuildPaths(ctx, env, job, work)
}

// run runs llgo. It exits with status 0 when it does not understand its command
// line, so the executable must be there afterwards.
func (c *llgo) run(ctx context.Context, job Job, args, env []string) error {
	if err := os.Remove(job.Output); err != nil && !os.IsNotExist(err) {
		return err
	}
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Dir, cmd.Env = job.Program.Dir, env
	cmd.Stdout, cmd.Stderr = job.Stdout, job.Stderr
	if err := gosource.Run(ctx, cmd); err != nil {
		return err
	}
	if _, err := os.Stat(job.Output); err != nil {
		return fmt.Errorf("%s wrote no executable", c.path)
	}
	return nil
}

// root is LLGO_ROOT as llgo finds it: the variable, or the directory it was
// unpacked to.
func (c *llgo) root(env []string) string {
	if root := lookup(env, "LLGO_ROOT"); root != "" {
		return root
	}
	real, err := filepath.EvalSymlinks(c.path)
	if dir := filepath.Dir(real); err == nil && filepath.Base(dir) == "bin" {
		return filepath.Dir(dir)
	}
	return ""
}

// hideBuildPaths overwrites the directories of this machine that llgo writes into
// programs: the Go it works with (runtime.GOROOT), and where sources lie.
func (c *llgo) hideBuildPaths(ctx context.Context, env []string, job Job, work string) error {
	paths, err := gosource.Env(ctx, env, "GOROOT", "GOMODCACHE", "GOCACHE")
	if err != nil {
		return err
	}
	goroot := paths[0]
	if !isBelow(goroot, paths[1]) && !isBelow(goroot, lookup(env, "HOME")) {
		goroot = "" // a place that says nothing of this machine, and short: /usr/local/go
	}
	return neutralize(job.Output, goroot, append(paths[1:], c.root(env), job.Program.ModuleDir(), work))
}

func isBelow(path, dir string) bool { return dir != "" && strings.HasPrefix(path, dir+"/") }

// compileStart compiles the object that starts Python.
func (t toolchain) compileStart(ctx context.Context, work string, job Job) (string, error) {
	cc, err := t.compiler()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(work, "start")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	return pyinit.Compile(ctx, pyinit.CC{Command: cc, Env: t.env}, dir, programSettings(job))
}
