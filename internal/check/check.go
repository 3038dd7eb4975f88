package check

import (
	"context"
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// Options say what to check and how.
type Options struct {
	Paths    []string       // executables, bundles, wheels, or directories of them
	Policy   *policy.Policy // what machines have
	Target   *policy.Target // nil: a wheel is held to its tags, all else to nothing
	Cache    string         // LLGO_PY_CACHE on the target; "" if it is not known
	FailOn   finding.Severity
	Baseline *Baseline // nil: nothing is known
	Version  string    // of this tool
	Facts    facts.Options

	// Start is --run: it starts what is in a container and says what went wrong. Nil
	// without it.
	Start func(context.Context, *facts.Container) ([]finding.Finding, error)
}

// Run checks everything and tells h about it, one container at a time: of the facts
// of a container nothing is kept once its findings are told.
func Run(ctx context.Context, opts Options, h finding.Handler) (*finding.Summary, error) {
	target := ""
	if opts.Target != nil {
		target = opts.Target.Text
	}
	err := h.Config(&finding.Config{Tool: "llgo-py", Version: opts.Version, Target: target, FailOn: string(opts.FailOn), Rules: Rules()})
	if err != nil {
		return nil, err
	}
	sum := &finding.Summary{}
	for _, name := range opts.Paths {
		if err := opts.path(ctx, name, h, sum); err != nil {
			return nil, err
		}
	}
	sum.Stale = opts.Baseline.Stale()
	return sum, h.Summary(sum)
}

// path checks what is at a path, which may be several containers.
func (o *Options) path(ctx context.Context, name string, h finding.Handler, sum *finding.Summary) error {
	containers, err := facts.Open(ctx, name)
	if err != nil {
		return err
	}
	defer func() {
		for _, c := range containers {
			_ = c.Close()
		}
	}()
	for _, c := range containers {
		if err := o.container(ctx, c, h, sum); err != nil {
			return err
		}
		_ = c.Close()
		*c = facts.Container{}
	}
	return nil
}

func (o *Options) container(ctx context.Context, c *facts.Container, h finding.Handler, sum *finding.Summary) error {
	read := o.Facts
	// Only of a bundle is it known what its modules have to import.
	read.NoPython = read.NoPython || c.Kind != facts.Onedir && c.Kind != facts.Onefile
	if err := c.Collect(ctx, read); err != nil {
		return err
	}
	s := newSubject(c, o.Policy, o.targetOf(c), o.Cache)
	found := s.apply(rules())
	if o.Start != nil {
		more, err := o.Start(ctx, c)
		if err != nil {
			return err
		}
		found = append(found, more...)
		slices.SortFunc(found, finding.Compare)
	}
	about := &finding.Container{Path: c.Path, Kind: string(c.Kind), Packed: c.Kind == facts.Onefile || c.Kind == facts.Wheel}
	if s.target != nil {
		about.Target = s.target.Text
	}
	if err := h.Container(about); err != nil {
		return err
	}
	sum.Containers++
	for i := range found {
		f := &found[i]
		f.Known = o.Baseline.Knows(f)
		sum.Add(f)
		sum.Failed = sum.Failed || !f.Known && f.Severity.AtLeast(o.FailOn)
		if err := h.Finding(f); err != nil {
			return err
		}
	}
	return h.Verdict(s.verdict())
}

// targetOf is what a container is held to. A wheel for another system than the target
// is still held to its own promise.
func (o *Options) targetOf(c *facts.Container) *policy.Target {
	if o.Target == nil && c.Wheel != nil {
		return o.Policy.ForWheel(slices.Concat(c.Wheel.NameTags, c.Wheel.Tags))
	}
	return o.Target
}
