package runcheck

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

func (o *Options) fill() {
	if o.Reporter == nil {
		o.Reporter = progress.Discard
	}
	o.Timeout = cmp.Or(o.Timeout, time.Minute)
	o.Import = cmp.Or(o.Import, time.Minute)
}

// Run runs what the containers hold. Containers without a program (wheels, directories)
// are passed over, with a note. An error means that nothing could be run.
func Run(ctx context.Context, containers []*facts.Container, opts Options) (*Result, error) {
	opts.fill()
	room, note, err := newRoom(ctx)
	if err != nil {
		return nil, err
	}
	defer room.close()
	r := &runner{room: room, opts: &opts, result: &Result{}}
	r.note(note)
	for _, c := range containers {
		if c.Program == "" {
			r.note(c.Path + ": not run, it is a " + string(c.Kind) + " and has no program")
			continue
		}
		if err := r.subject(ctx, c); err != nil {
			return nil, err
		}
	}
	r.compare()
	return r.result, nil
}

// A runner fills a result.
type runner struct {
	room   *room
	opts   *Options
	result *Result
}

func (r *runner) note(text string) {
	if text != "" && !slices.Contains(r.result.Notes, text) {
		r.result.Notes = append(r.result.Notes, text)
	}
}

// subject runs one container.
func (r *runner) subject(ctx context.Context, c *facts.Container) error {
	program, err := filepath.Abs(c.Path)
	if err != nil {
		return err
	}
	if c.Kind == facts.Onedir {
		program = filepath.Join(program, filepath.FromSlash(c.Program))
	}
	s := Subject{Path: c.Path}
	task := r.opts.Reporter.Phase("run "+filepath.Base(program), 0)
	defer task.Done()
	home, err := r.room.fresh("home")
	if err != nil {
		return err
	}
	first, err := r.start(ctx, home, program, r.opts.Args...)
	if err != nil {
		return err
	}
	second, opened, err := r.watched(ctx, home, program)
	if err != nil {
		return err
	}
	s.Starts, s.Opened = []Start{first, second}, opened
	if !r.opts.NoModules {
		if err := r.importAll(ctx, c, &s); err != nil {
			return err
		}
	}
	s.Opened = r.outside(s.Opened, program, c)
	r.result.Subjects = append(r.result.Subjects, s)
	return nil
}

// start runs a program once.
func (r *runner) start(ctx context.Context, home, name string, args ...string) (Start, error) {
	limited, cancel := context.WithTimeout(ctx, r.opts.Timeout)
	defer cancel()
	cmd, err := r.room.command(limited, home, name, args...)
	if err != nil {
		return Start{}, err
	}
	s := start(limited, cmd)
	if ctx.Err() != nil {
		return s, context.Cause(ctx)
	}
	return s, nil
}

// outside leaves of what was opened only what is neither the bundle's nor the run's own,
// each path once.
func (r *runner) outside(opened []Opened, program string, c *facts.Container) []Opened {
	own := []string{r.room.dir}
	if c.Kind == facts.Onedir {
		own = append(own, filepath.Dir(program))
	}
	slices.SortStableFunc(opened, func(a, b Opened) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(b.By, a.By)) })
	opened = slices.CompactFunc(opened, func(a, b Opened) bool { return a.Path == b.Path })
	return slices.DeleteFunc(opened, func(o Opened) bool {
		return o.Path == program || slices.ContainsFunc(own, func(dir string) bool { return isBelow(o.Path, dir) })
	})
}

func isBelow(path, dir string) bool {
	if real, err := filepath.EvalSymlinks(dir); err == nil && real != dir && isBelow(path, real) {
		return true
	}
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}
