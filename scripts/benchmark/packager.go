package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// packager makes a program of an app. Everything it leaves behind lies in a
// directory dir of its own, one for each app.
type packager struct {
	name   string
	versus string                                                        // Program.Versus
	knows  func(app string) bool                                         // nil: every app
	fresh  func(ctx context.Context, app, dir string) error              // makes the next build a cold one
	build  func(ctx context.Context, app, dir string) (*exec.Cmd, error) // one build
	change func(app, dir string) error                                   // makes the next build one of changed sources; nil: not measured
	output func(app string) string                                       // where the executable is, below dir
	file   bool                                                          // the executable is all there is
	env    []string                                                      // Program.env
	once   bool                                                          // it is built only once, cold
	lacks  func(app string) string                                       // why an app cannot be made here, or ""; nil: it can
	note   string                                                        // Program.Note
	// watched measures what all processes of a build have in memory, which takes a tenth
	// of a processor.
	watched bool
}

// make builds an app, cold, again and after a change, and weighs the result.
func (p *packager) make(ctx context.Context, app, work string) (*Program, error) {
	dir := filepath.Join(work, app, p.name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := p.fresh(ctx, app, dir); err != nil {
		return nil, err
	}
	exe := filepath.Join(dir, p.output(app))
	program := &Program{Name: p.name, Versus: p.versus, Note: p.note, argv: []string{exe}, env: p.env}
	var err error
	if program.Cold, err = p.buildOnce(ctx, app, dir); err != nil {
		return nil, err
	}
	if !p.once {
		if program.Again, err = p.buildOnce(ctx, app, dir); err != nil {
			return nil, err
		}
	}
	if p.change != nil {
		if err := p.change(app, dir); err != nil {
			return nil, err
		}
		if program.Changed, err = p.buildOnce(ctx, app, dir); err != nil {
			return nil, err
		}
	}
	whole := exe
	if !p.file {
		whole = filepath.Dir(exe)
	}
	program.Size, program.Files, err = weigh(whole)
	return program, err
}

// missing is why a packager cannot make an app on this machine, or "".
func (p *packager) missing(app string) string {
	if p.lacks == nil {
		return ""
	}
	return p.lacks(app)
}

func (p *packager) buildOnce(ctx context.Context, app, dir string) (*Build, error) {
	cmd, err := p.build(ctx, app, dir)
	if err != nil {
		return nil, err
	}
	if p.watched {
		return timedBeside(cmd, watchMemory)
	}
	return timed(cmd)
}

// addLine is a change that changes nothing but the source.
func addLine(file, line string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("\n" + line + "\n")
	return errors.Join(err, f.Close())
}

// timed runs a build, with its output thrown away unless it fails.
func timed(cmd *exec.Cmd) (*Build, error) {
	return timedBeside(cmd, func(int, <-chan struct{}) int64 { return 0 })
}

// timedBeside is timed with something that runs as long as the build does: what it
// returns is Build.All.
func timedBeside(cmd *exec.Cmd, watch func(pid int, done <-chan struct{}) int64) (*Build, error) {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	done, all := make(chan struct{}), make(chan int64, 1)
	go func() { all <- watch(cmd.Process.Pid, done) }()
	err := cmd.Wait()
	wall := time.Since(start)
	close(done)
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", cmd, err, out.Bytes())
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return &Build{wall.Seconds(), cpu.Seconds(), peak(cmd.ProcessState), <-all}, nil
}
