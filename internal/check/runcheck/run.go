package runcheck

import (
	"cmp"
	"context"
	"path/filepath"
	"runtime"
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

// A Runner runs one container after the other and compares each with the first
// that is a form of the same program.
type Runner struct {
	room   *room
	opts   *Options
	result Result
}

// New returns a Runner. Close removes what its programs left behind.
func New(ctx context.Context, opts Options) (*Runner, error) {
	opts.fill()
	room, note, err := newRoom(ctx)
	if err != nil {
		return nil, err
	}
	r := &Runner{room: room, opts: &opts}
	r.note(note)
	return r, nil
}

// Close removes all that was written by what was run.
func (r *Runner) Close() error { return r.room.close() }

// Result is what happened so far.
func (r *Runner) Result() *Result { return &r.result }

func (r *Runner) note(text string) {
	if text != "" && !slices.Contains(r.result.Notes, text) {
		r.result.Notes = append(r.result.Notes, text)
		r.opts.Reporter.Note(text)
	}
}

// Run runs a container. One without a program (a wheel, a directory) is passed over,
// with a note, and is no subject. An error means that nothing could be run.
func (r *Runner) Run(ctx context.Context, c *facts.Container) (*Subject, error) {
	if c.Program == "" {
		r.note(c.Path + ": not run, it is a " + string(c.Kind) + " and has no program")
		return nil, nil
	}
	if f := c.File(c.Program); f != nil && f.Binary != nil && isForeign(f.Binary) {
		r.note(c.Path + ": not run, it is for another machine")
		return nil, nil
	}
	program, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, err
	}
	if c.Kind == facts.Onedir {
		program = filepath.Join(program, filepath.FromSlash(c.Program))
	}
	s := Subject{Path: c.Path, program: programOf(c, program)}
	task := r.opts.Reporter.Phase("run "+filepath.Base(program), 0)
	defer task.Done()
	home, err := r.room.fresh("home")
	if err != nil {
		return nil, err
	}
	first, err := r.start(ctx, home, program, r.opts.Args...)
	if err != nil {
		return nil, err
	}
	second, opened, err := r.watched(ctx, home, program)
	if err != nil {
		return nil, err
	}
	s.Starts, s.Opened = []Start{first, second}, opened
	if !r.opts.NoModules {
		if err := r.importAll(ctx, c, &s); err != nil {
			return nil, err
		}
	}
	s.Opened = r.outside(s.Opened, program, c)
	r.result.Subjects = append(r.result.Subjects, s)
	last := &r.result.Subjects[len(r.result.Subjects)-1]
	r.compare(last)
	return last, nil
}

// isForeign tells whether no image of a binary is for this machine. What could not be
// read is tried.
func isForeign(b *facts.Binary) bool {
	format, arch := "elf", map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	if runtime.GOOS == "darwin" {
		format, arch = "mach-o", map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	}
	return len(b.Images) > 0 && arch != "" && !slices.ContainsFunc(b.Images, func(img facts.Image) bool {
		return img.Format == format && img.Arch == arch
	})
}

// start runs a program once.
func (r *Runner) start(ctx context.Context, home, name string, args ...string) (Start, error) {
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
func (r *Runner) outside(opened []Opened, program string, c *facts.Container) []Opened {
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
