package main

import (
	"context"
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

// benchCopy measures what is to be as easy as copying: an environment with numpy and
// pandas, made from the store, beside `cp -r` of it and beside a virtual environment of
// uv with hard links to its cache; going to another generation and back; the disk use
// of ten programs with numpy; and what a changed program sends to a registry.
func benchCopy(ctx context.Context, work string, o options) (*outcome, error) {
	f, err := newFrontEnd(ctx, work, "")
	if err != nil {
		return nil, err
	}
	managed, err := pydist.Managed(ctx, progress.Discard, pydist.Default)
	if err != nil {
		return nil, err
	}
	f.goCache = filepath.Join(work, "gocache")
	c := &copying{front: f, managed: managed, work: work, data: filepath.Join(work, "data")}
	if err := c.environments(ctx, o.runs); err != nil {
		return nil, err
	}
	if err := c.programs(ctx, o); err != nil {
		return nil, err
	}
	if err := c.registry(ctx); err != nil {
		return nil, err
	}
	return c.outcome(o), nil
}

// copying is what benchCopy has and found.
type copying struct {
	front   *frontEnd
	managed *pydist.Dist
	work    string
	data    string // where the store and the environments are

	Ways  []*way   `json:"environments"`
	Disk  []disk   `json:"ten_programs"`
	Moved []moving `json:"registry"`
}

// way is one way to an environment.
type way struct {
	Name   string   `json:"way"`
	Took   *Samples `json:"wall_ms"`
	Copied int64    `json:"copied_bytes"` // in files that are no other name of one that was there

	dir   string // what it makes; removed before each run
	from  string // where hard links may lead to
	steps func() [][]string
	env   []string
	after func() error // undoes what removing dir does not
	times []float64
}

// disk is the use of a disk by ten programs.
type disk struct {
	Name  string `json:"programs"`
	Bytes int64  `json:"bytes"`
}

// moving is what a program sent or fetched.
type moving struct {
	What  string `json:"what"`
	Size  int64  `json:"size_bytes"`  // of its entry
	Bytes int64  `json:"moved_bytes"` // of requests and answers, without headers
}

// llgo is a command of ours, with the benchmark's own store.
func (c *copying) llgo(ctx context.Context, args ...string) error {
	return c.with(ctx, c.data, args...)
}

func (c *copying) with(ctx context.Context, data string, args ...string) error {
	cmd := exec.CommandContext(ctx, c.front.exe, append([]string{"py"}, args...)...)
	cmd.Env = append(pydist.CleanEnv(os.Environ()), "LLGO_PY_DATA="+data)
	_, err := timed(cmd)
	return err
}

// environments measures the ways to an environment. The store and uv's cache have
// been filled before.
func (c *copying) environments(ctx context.Context, runs int) error {
	wheels, err := download(ctx, c.managed, filepath.Join(c.work, "wheels"), checkedPackages...)
	if err != nil {
		return err
	}
	if err := c.llgo(ctx, append([]string{"store", "add", "python@3.14"}, wheels...)...); err != nil {
		return err
	}
	if c.Ways, err = c.ways(ctx, wheels); err != nil {
		return err
	}
	for round := range runs + 1 {
		for _, w := range c.Ways {
			if err := w.run(ctx, round > 0); err != nil {
				return fmt.Errorf("%s: %w", w.Name, err)
			}
		}
	}
	for _, w := range c.Ways {
		w.Took = newSamples(w.times)
	}
	return nil
}

func (c *copying) ways(ctx context.Context, wheels []string) ([]*way, error) {
	h, err := helper.Open(ctx, progress.Discard)
	if err != nil {
		return nil, err
	}
	tools, err := h.Environment(ctx, c.managed, helper.Requirements{Specs: []string{"uv==0.13.8"}}, progress.Discard)
	if err != nil {
		return nil, err
	}
	uv := filepath.Join(tools.Prefix, "bin", "uv")
	var names []string
	for _, w := range wheels {
		name, _, _ := strings.Cut(filepath.Base(w), "-")
		names = append(names, strings.ReplaceAll(name, "_", "-"))
	}
	ours := []string{"LLGO_PY_DATA=" + c.data}
	env := func(name string) string { return filepath.Join(c.data, "envs", name) }
	cmd := func(args ...string) []string { return append([]string{c.front.exe, "py"}, args...) }
	made := func(args ...string) func() [][]string { return func() [][]string { return [][]string{args} } }
	uvCache, venv := filepath.Join(c.work, "uv cache"), filepath.Join(c.work, "venv")
	// Another environment is there to be copied, and to go forth and back in.
	if err := c.llgo(ctx, append([]string{"env", "create", "other", "python"}, names...)...); err != nil {
		return nil, err
	}
	if err := c.llgo(ctx, "env", "remove", "other", "pandas"); err != nil {
		return nil, err
	}
	return []*way{
		{Name: "llgo py env create", dir: env("bench"), from: filepath.Join(c.data, "store"), env: ours,
			steps: made(cmd(append([]string{"env", "create", "bench", "python"}, names...)...)...),
			after: func() error { return c.llgo(ctx, "env", "delete", "bench") }},
		{Name: "cp -r of an environment", dir: filepath.Join(c.work, "copied"), from: env("other"),
			steps: made("cp", "-r", filepath.Join(env("other"), "generations", "1"), filepath.Join(c.work, "copied"))},
		{Name: "uv venv; uv pip install --link-mode=hardlink", dir: venv, from: uvCache,
			env: []string{"UV_CACHE_DIR=" + uvCache, "UV_OFFLINE=1", "UV_PYTHON_DOWNLOADS=never"},
			steps: func() [][]string {
				return [][]string{
					{uv, "venv", "-q", "--python", c.managed.Executable, venv},
					append([]string{uv, "pip", "install", "-q", "--link-mode=hardlink", "--no-deps", "--python", venv}, wheels...),
				}
			}},
		{Name: "llgo py env rollback", env: ours, steps: made(cmd("env", "rollback", "other", "1")...),
			after: func() error { return c.llgo(ctx, "env", "rollback", "other", "2") }},
	}, nil
}

// run goes a way once, from its beginning.
func (w *way) run(ctx context.Context, count bool) error {
	start := time.Now()
	for _, args := range w.steps() {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Env = append(pydist.CleanEnv(os.Environ()), w.env...)
		if _, err := timed(cmd); err != nil {
			return err
		}
	}
	if count {
		w.times = append(w.times, float64(time.Since(start).Microseconds())/1000)
	}
	if w.dir != "" {
		var err error
		if w.Copied, err = adds(w.dir, w.from); err != nil {
			return err
		}
	}
	if w.after != nil {
		return w.after()
	}
	return os.RemoveAll(w.dir)
}

// outcome makes the tables.
func (c *copying) outcome(o options) *outcome {
	ways := &table{
		head: []string{"environment with numpy and pandas", "ms (minimum / median)", "MB copied"},
		note: "The store and uv's cache are filled. copied: in files that are no other name of one that was there.",
	}
	for _, w := range c.Ways {
		ways.add(w.Name, w.Took.String(), megabytes(w.Copied))
	}
	use := &table{head: []string{"ten programs with numpy", "MB", "x installed"}}
	for _, d := range c.Disk {
		use.add(d.Name, megabytes(d.Bytes), over(float64(d.Bytes), float64(c.Disk[0].Bytes)))
	}
	moved := &table{head: []string{"to and from a registry", "MB of the program", "MB moved"}, note: "moved: bodies of requests and of answers."}
	for _, m := range c.Moved {
		moved.add(m.What, megabytes(m.Size), megabytes(m.Bytes))
	}
	return &outcome{about: about(fmt.Sprintf("%d runs of each, interleaved", o.runs)), tables: []*table{ways, use, moved}, data: c}
}
