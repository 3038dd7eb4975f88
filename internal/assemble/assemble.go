// Package assemble carries out `llgo build --py-…`: it loads the program, finds
// the Python it needs, compiles the Go side and puts both together.
//
// Each step is a package of its own; here is only their order. The Go compiler
// and the analysis of the Python side know nothing of each other and run side
// by side. Nothing of the user's is touched before the last step, package
// bundle, which replaces the old result as a whole.
package assemble

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/discover"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/leftout"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/report"
)

// Options are what the user asked for. Paths are absolute.
type Options struct {
	Dir      string // working directory
	Patterns []string
	Flags    compiler.Flags // go build flags

	Given *config.Flags // what the command line sets of internal/config
	// Sizes asks for Summary.Report.
	Sizes bool

	Reporter       progress.Reporter
	Stdout, Stderr io.Writer // for the compiler
	Env            []string
}

// Summary says what was built.
type Summary struct {
	Path          string // the executable
	Compiler      string
	Python        string // CPython version; "" for a program that uses none
	Size          int64  // bytes of everything written
	Unpacked      int64  // bytes that a program of one file unpacks at its first start
	Files         int    // 0 when nothing was packaged
	Modules       int
	Native        int // extension modules and shared libraries
	Distributions []string
	Unchanged     bool           // it was there already
	Report        *report.Report // with Options.Sizes, of a packaged program
}

// Run builds one program.
func Run(ctx context.Context, opts Options) (*Summary, error) {
	b, err := load(ctx, opts)
	if err != nil {
		return nil, err
	}
	if !discover.Needed(b.prog) {
		if b.prog.EmbedsPython() {
			return b.embedding(ctx)
		}
		return b.plain(ctx)
	}
	if err := b.ready(ctx); err != nil {
		return nil, err
	}
	switch {
	case b.set.Onefile.Value:
		return b.once(ctx, b.onefile)
	case b.set.Onedir.Value:
		return b.once(ctx, b.onedir)
	}
	return b.here(ctx)
}

// load reads the program and the settings, and chooses the compiler.
func load(ctx context.Context, opts Options) (*builder, error) {
	prog, err := gosource.Load(ctx, gosource.Config{
		Dir: opts.Dir, Flags: opts.Flags.ListFlags(), Patterns: opts.Patterns, Env: opts.Env, Stderr: opts.Stderr,
	})
	if err != nil {
		return nil, err
	}
	set, err := config.Resolve(opts.Given, config.Place{Dir: opts.Dir, Module: prog.ModuleDir(), OS: runtime.GOOS})
	if err != nil {
		return nil, err
	}
	comp, note, err := compiler.Select(ctx, compiler.Kind(set.Compiler.Value), opts.Env, compiler.FindLLGo)
	if err != nil {
		return nil, err
	}
	if note != "" {
		opts.Reporter.Note(note)
	}
	if err := checkReports(set); err != nil {
		return nil, err
	}
	return &builder{Options: opts, set: set, prog: prog, comp: comp, out: outputPath(opts, set, prog)}, nil
}

// ready tells mistakes before anything takes long.
func (b *builder) ready(ctx context.Context) (err error) {
	if err := checkPlatform(ctx, b.Env); err != nil {
		return err
	}
	if b.set.WithSources.Value && !b.mapped() {
		return errors.New("--py-sources: sources travel in the module file; it needs --py-layout=mapped")
	}
	if err := b.checkFarm(); err != nil {
		return err
	}
	for _, v := range b.set.Keep {
		if err := leftout.Check([]string{v.Value}); err != nil {
			return fmt.Errorf("%s: %w", v.From, err)
		}
	}
	b.request, err = b.analyzeRequest()
	b.own = ownOf(b.request.Options)
	return err
}

// builder is one run.
type builder struct {
	Options
	set  *config.Settings
	prog *gosource.Program
	comp compiler.Compiler
	out  string // the executable to write

	request helper.AnalyzeRequest
	own     own
	looking bool   // nothing is to be written, see Inspect
	ahead   *ahead // libpython is being compressed, see beginAhead

	toolOnce sync.Once
	toolSum  []byte
	toolErr  error
}

func (b *builder) job() compiler.Job {
	return compiler.Job{
		Program: b.prog, Patterns: b.Patterns, Flags: b.Flags, Output: b.out,
		Stdout: b.Stdout, Stderr: b.Stderr, Env: b.Env,
	}
}

// plain builds a program that uses no Python.
func (b *builder) plain(ctx context.Context) (*Summary, error) {
	if err := os.MkdirAll(filepath.Dir(b.out), 0o755); err != nil {
		return nil, err
	}
	if err := b.comp.Build(ctx, b.job()); err != nil {
		return nil, err
	}
	return b.executable("")
}

// here builds a program for this machine: it starts the Python that it was
// built with, where that is installed.
func (b *builder) here(ctx context.Context) (*Summary, error) {
	dist, _, err := b.python(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(b.out), 0o755); err != nil {
		return nil, err
	}
	job := b.job()
	job.Python = b.withOwn(dist)
	if err := b.comp.Build(ctx, job); err != nil {
		return nil, err
	}
	return b.executable(dist.Version)
}

// withOwn is dist with the program's own modules before its packages.
func (b *builder) withOwn(dist *pydist.Dist) *pydist.Dist {
	own := *dist
	own.SitePackages = append(b.set.Path.Values(), dist.SitePackages...)
	return &own
}

func (b *builder) executable(python string) (*Summary, error) {
	fi, err := os.Stat(b.out)
	if err != nil {
		return nil, fmt.Errorf("the compiler wrote no %s", b.out)
	}
	return &Summary{Path: b.display(b.out), Compiler: b.comp.Name(), Python: python, Size: fi.Size()}, nil
}

// display is path as the user would write it.
func (b *builder) display(path string) string { return b.prog.Rel(path) }
