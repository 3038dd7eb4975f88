package assemble

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/discover"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/trace"
)

// TraceOptions say how a traced program is run.
type TraceOptions struct {
	Args   []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Write  bool // write the settings into the configuration
}

// Traced is what came of a traced run.
type Traced struct {
	*trace.Report
	Code    int    // exit code of the program, or -1 - signal as in os.ProcessState
	Written string // the file that has the settings now; "" if nothing was written
}

// stopGrace is how long an interrupted program may take: the terminal has sent
// it the same Ctrl-C, and what it did until then is worth a report.
const stopGrace = 10 * time.Second

// Trace builds the program for this machine, runs it, and compares what it used of
// Python with what would be packaged.
func Trace(ctx context.Context, opts Options, run TraceOptions) (*Traced, error) {
	b, err := load(ctx, opts)
	if err != nil {
		return nil, err
	}
	if !discover.Needed(b.prog) {
		return nil, errors.New("the program uses no Python: there is nothing to trace")
	}
	if err := b.ready(ctx); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "llgo-py-trace-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	dist, h, err := b.python(ctx)
	if err != nil {
		return nil, err
	}
	have, exe, err := b.prepareTrace(ctx, dist, h, work)
	if err != nil {
		return nil, err
	}
	code, err := runTraced(ctx, exe, run)
	if err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // the interrupt was the program's
	uses, err := trace.Read(work)
	if err != nil {
		return nil, err
	}
	report, err := trace.Compare(uses, *have)
	if err != nil {
		return nil, err
	}
	traced := &Traced{Report: report, Code: code}
	if run.Write && len(report.Settings) > 0 {
		traced.Written, err = b.writeSettings(ctx, h, report.Settings)
	}
	return traced, err
}

// prepareTrace compiles the program to run with a recording Python and, side by
// side, finds out what would be packaged of the ordinary one.
func (b *builder) prepareTrace(ctx context.Context, dist *pydist.Dist, h *helper.Helper, work string) (*trace.Packaged, string, error) {
	recording, err := trace.Prepare(work, b.withOwn(dist))
	if err != nil {
		return nil, "", err
	}
	exe := filepath.Join(work, filepath.Base(b.out))
	f := &files{}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		job := b.job()
		job.Output, job.Python = exe, recording
		return b.comp.Build(ctx, job)
	})
	both.Go(func() (err error) {
		if f.plan, err = b.analyse(ctx, dist, h, filepath.Join(work, "analysis")); err != nil {
			return err
		}
		return b.link(ctx, dist, h, f, nil, filepath.Join(work, "native"))
	})
	if err := both.Wait(); err != nil {
		return nil, "", err
	}
	libraries := append(f.machine, helper.LinkFile{Dest: dist.SONAME, Source: dist.LibPython})
	return &trace.Packaged{
		Plan: f.plan, Libraries: libraries, Packages: dist.SitePackages, Own: b.set.Path.Values(), Stdlib: dist.Stdlib,
	}, exe, nil
}

// runTraced runs the program in the user's directory and environment.
func runTraced(ctx context.Context, exe string, run TraceOptions) (code int, err error) {
	cmd := exec.CommandContext(ctx, exe, run.Args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = run.Stdin, run.Stdout, run.Stderr
	cmd.Cancel, cmd.WaitDelay = func() error { return nil }, stopGrace
	err = cmd.Run()
	if cmd.ProcessState != nil {
		return cmd.ProcessState.ExitCode(), nil
	}
	return 0, fmt.Errorf("cannot start the program: %w", err)
}

// writeSettings adds settings to [tool.llgo-py] beside go.mod; those that name
// files of this machine to the table of its operating system.
func (b *builder) writeSettings(ctx context.Context, h *helper.Helper, settings []trace.Setting) (string, error) {
	var entries []helper.Entry
	for _, s := range settings {
		system := ""
		if s.Here {
			system = runtime.GOOS
		}
		entries = append(entries, helper.Entry{Table: config.Table(system), Key: s.Name, New: s.Value})
	}
	path := filepath.Join(b.prog.ModuleDir(), config.FileName)
	return b.display(path), h.EditTOMLFile(ctx, path, entries)
}
