package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// checkedPackages are what the checked program brings along, and the wheels that
// auditwheel judges too.
var checkedPackages = []string{"numpy==2.5.5", "pandas==3.1.1"}

// checking measures `llgo py check`: a program with numpy and pandas as a directory and
// as one file, and the two wheels, which auditwheel show judges as well.
type checking struct {
	llgo, auditor string // the command; an interpreter that has auditwheel
	wheels        []string
	out           string // the program's directory, and beside it the one file
}

// checkRun is one of the measured commands.
type checkRun struct {
	Name string   `json:"check"`
	Wall *Samples `json:"wall_s"`
	Peak int64    `json:"peak_bytes"` // the largest sum of all processes at one time

	args [][]string // commands, one after the other
	wall []float64  // seconds
}

// benchCheck measures checks, each counted runs times, in turn.
func benchCheck(ctx context.Context, work string, o options) (*outcome, error) {
	c, err := newChecking(ctx, work)
	if err != nil {
		return nil, err
	}
	list := c.runs()
	for round := range o.runs + 1 { // the first warms the disk's cache
		for _, r := range list {
			if err := r.run(ctx, round > 0); err != nil {
				return nil, err
			}
		}
	}
	t := &table{head: []string{"check", "wall s (minimum / median)", "peak MB of all processes"}}
	for _, r := range list {
		t.add(r.Name, newSamples(r.wall).String(), megabytes(r.Peak))
		r.Wall = newSamples(r.wall)
	}
	return &outcome{about: about(fmt.Sprintf("%d runs of each, interleaved", o.runs)), tables: []*table{t}, data: list}, nil
}

func newChecking(ctx context.Context, work string) (*checking, error) {
	f, err := newFrontEnd(ctx, work, "")
	if err != nil {
		return nil, err
	}
	c := &checking{llgo: f.exe, out: filepath.Join(work, "checked")}
	managed, err := pydist.Managed(ctx, progress.Discard, pydist.Default)
	if err != nil {
		return nil, err
	}
	h, err := helper.Open(ctx, progress.Discard)
	if err != nil {
		return nil, err
	}
	dev, err := h.Environment(ctx, managed, helper.Requirements{Files: []string{"pyhelper/lock/dev.txt"}}, progress.Discard)
	if err != nil {
		return nil, err
	}
	c.auditor = dev.Executable
	if c.wheels, err = download(ctx, managed, filepath.Join(work, "wheels"), append(checkedPackages, "--no-deps")...); err != nil {
		return nil, err
	}
	return c, c.build(ctx)
}

// build packages hello with both packages.
func (c *checking) build(ctx context.Context) error {
	for _, form := range [][]string{{"--py-onedir", "-o", filepath.Join(c.out, "tree", "hello")}, {"--py-onefile", "-o", filepath.Join(c.out, "one")}} {
		args := append([]string{"build", "--py-compiler=go"}, form...)
		for _, spec := range checkedPackages {
			name, _, _ := strings.Cut(spec, "==")
			args = append(args, "--py-requirement", spec, "--py-hidden-import", name)
		}
		cmd := exec.CommandContext(ctx, c.llgo, append(args, ".")...)
		cmd.Dir, cmd.Env = source("hello"), pydist.CleanEnv(os.Environ())
		if _, err := timed(cmd); err != nil {
			return err
		}
	}
	return nil
}

func (c *checking) runs() []*checkRun {
	check := func(paths ...string) [][]string { return [][]string{append([]string{c.llgo, "py", "check"}, paths...)} }
	audit := &checkRun{Name: "auditwheel, the two wheels"}
	for _, file := range c.wheels {
		audit.args = append(audit.args, []string{c.auditor, "-I", "-m", "auditwheel", "show", file})
	}
	return []*checkRun{
		{Name: "llgo py check, onedir", args: check(filepath.Join(c.out, "tree"))},
		{Name: "llgo py check, onefile", args: check(filepath.Join(c.out, "one"))},
		{Name: "llgo py check, the two wheels", args: check(c.wheels...)},
		audit,
	}
}

// run runs the commands, and watches what memory they take together with all that
// they start.
func (r *checkRun) run(ctx context.Context, count bool) error {
	start := time.Now()
	for _, args := range r.args {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Env = pydist.CleanEnv(os.Environ())
		if err := cmd.Start(); err != nil {
			return err
		}
		done := make(chan struct{})
		peak := make(chan int64)
		go func() { peak <- watchMemory(cmd.Process.Pid, done) }()
		err := cmd.Wait()
		close(done)
		r.Peak = max(r.Peak, <-peak)
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 3) { // 3: findings
			return fmt.Errorf("%s: %w", cmd, err)
		}
	}
	if count {
		r.wall = append(r.wall, time.Since(start).Seconds())
	}
	return nil
}
