package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// checkedPackages are what the checked program brings along, and the wheels that
// auditwheel judges too.
var checkedPackages = []string{"numpy==2.5.5", "pandas==3.1.1"}

// checkedPlatforms are the tags of those wheels.
var checkedPlatforms = []string{"manylinux_2_27_x86_64", "manylinux_2_24_x86_64"}

// checking measures `llgo py check`: a program with numpy and pandas as a directory and
// as one file, and the two wheels, which auditwheel show judges as well.
type checking struct {
	llgo, auditor string // the command; an interpreter that has auditwheel
	wheels        []string
	out           string // the program's directory, and beside it the one file
}

// checkRun is one of the measured commands.
type checkRun struct {
	name string
	args [][]string // commands, one after the other
	wall []float64  // seconds
	peak int64      // bytes, the largest sum of all processes at one time
}

// benchCheck prints a table of checks, each counted runs times, in turn.
func benchCheck(ctx context.Context, work string, runs int, w io.Writer) error {
	c, err := newChecking(ctx, work)
	if err != nil {
		return err
	}
	list := c.runs()
	for round := range runs + 1 { // the first warms the disk's cache
		for _, r := range list {
			if err := r.run(ctx, round > 0); err != nil {
				return err
			}
		}
	}
	t := newTable(w)
	fmt.Fprintln(t, "check\twall s (minimum / median)\tpeak MB of all processes\t")
	for _, r := range list {
		s := newSamples(r.wall)
		fmt.Fprintf(t, "%s\t%s\t%s\t\n", r.name, s, megabytes(r.peak))
	}
	return t.Flush()
}

func newChecking(ctx context.Context, work string) (*checking, error) {
	c := &checking{llgo: filepath.Join(work, "llgo"), out: filepath.Join(work, "checked")}
	if _, err := timed(exec.CommandContext(ctx, "go", "build", "-o", c.llgo, "./cmd/llgo")); err != nil {
		return nil, err
	}
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
	if err := c.download(ctx, managed, filepath.Join(work, "wheels")); err != nil {
		return nil, err
	}
	return c, c.build(ctx)
}

// download gets the wheels, by the managed interpreter's pip.
func (c *checking) download(ctx context.Context, managed *pydist.Dist, dir string) error {
	args := []string{
		filepath.Join(managed.Pip, "pip", "__main__.py"), "download", "--quiet", "--no-deps", "--only-binary", ":all:",
		"--python-version", "3.14", "--disable-pip-version-check", "--dest", dir,
	}
	for _, platform := range checkedPlatforms {
		args = append(args, "--platform", platform)
	}
	cmd, err := managed.Command(ctx, append(args, checkedPackages...)...)
	if err != nil {
		return err
	}
	if _, err := timed(cmd); err != nil {
		return err
	}
	c.wheels, err = filepath.Glob(filepath.Join(dir, "*.whl"))
	return err
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
	audit := &checkRun{name: "auditwheel, the two wheels"}
	for _, file := range c.wheels {
		audit.args = append(audit.args, []string{c.auditor, "-I", "-m", "auditwheel", "show", file})
	}
	return []*checkRun{
		{name: "llgo py check, onedir", args: check(filepath.Join(c.out, "tree"))},
		{name: "llgo py check, onefile", args: check(filepath.Join(c.out, "one"))},
		{name: "llgo py check, the two wheels", args: check(c.wheels...)},
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
		r.peak = max(r.peak, <-peak)
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

// watchMemory returns the most that a process and its descendants had in memory at one
// time; pages that they share count for each of them. Linux only: elsewhere 0.
func watchMemory(pid int, done <-chan struct{}) int64 {
	var most int64
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return most
		case <-tick.C:
			most = max(most, resident(pid))
		}
	}
}

// resident sums the resident pages of a process tree, by /proc/PID/stat (proc(5)).
func resident(root int) int64 {
	const ppid, rss = 1, 21 // fields behind the name, which ends with a bracket
	parents, pages := map[int]int{}, map[int]int64{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		data, err := os.ReadFile(file)
		fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
		if err != nil || len(fields) <= rss {
			continue // it has just ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parents[pid], _ = strconv.Atoi(fields[ppid])
		pages[pid], _ = strconv.ParseInt(fields[rss], 10, 64)
	}
	var sum int64
	for pid := range pages {
		for p := pid; p != 0; p = parents[p] {
			if p == root {
				sum += pages[pid] * int64(os.Getpagesize())
				break
			}
		}
	}
	return sum
}
