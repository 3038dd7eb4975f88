// Package helper is the Go side of pyhelper, the Python program that knows what a
// Python program needs and how native files find one another.
//
// It brings pyhelper and its tools to the machine (toolset), makes environments
// from requirements (Environment), starts pyhelper in the right interpreter, and
// holds one conversation per process with it (conversation).
//
// What takes long is done once for each content: analyses (AnalyzeOnce), byte code
// (CompileOnce), linked libraries (LinkOnce). An edit of the program's own modules
// repeats the analysis only if it might see it. The rule: the import statements with
// what stands around them, the names that something imports, and strings that name
// groups of entry points are as they were. Whatever else analysis could read in a module
// (ctypes, importlib, __path__, __all__, another encoding, import *; all modules if
// hooks of the user's or something collected may read them; those that modules of
// others import) counts by content. Files that only travel do not count.
package helper

import (
	"context"
	"io"
	"os"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// Helper starts pyhelper. Its methods may be called from several goroutines.
type Helper struct {
	rep     progress.Reporter
	verbose io.Writer

	mu  sync.Mutex
	set *toolset // nil until it is needed
}

// Option changes how a Helper works.
type Option func(*Helper)

// WithVerbose has everything that pyhelper, pip and uv write to standard error
// copied to w as it comes. Without it, only what a failure says is shown.
func WithVerbose(w io.Writer) Option { return func(h *Helper) { h.verbose = w } }

// Open returns a Helper that reports to rep. It fails where there is no usable
// cache. Interpreter and tools are brought to the machine by the first operation
// that needs them, so that a build without one costs nothing.
func Open(_ context.Context, rep progress.Reporter, options ...Option) (*Helper, error) {
	if _, err := cachedir.Root(); err != nil {
		return nil, err
	}
	h := &Helper{rep: rep}
	for _, option := range options {
		option(h)
	}
	return h, nil
}

// tools provides the managed interpreter and with it the means to install the
// rest.
func (h *Helper) tools(ctx context.Context) (*toolset, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.set != nil {
		return h.set, nil
	}
	managed, err := pydist.Managed(ctx, h.rep, pydist.Default)
	if err != nil {
		return nil, err
	}
	h.set = &toolset{pyhelper.Files, managed, h.rep, h.verbose}
	return h.set, nil
}

// AnalysisTools provides the directory of the distributions that analysis puts on
// the path of the target interpreter, for tests of pyhelper without this package.
func (h *Helper) AnalysisTools(ctx context.Context) (dir string, err error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return "", err
	}
	return tools.install(ctx, analysisTools)
}

// Hello asks pyhelper, in the managed interpreter, which versions it consists of.
func (h *Helper) Hello(ctx context.Context) (*Hello, error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return nil, err
	}
	hello := &Hello{}
	err = h.ask(ctx, tools.managed, nativeTools, &conversation{op: opHello, answer: typeHello, result: hello})
	return hello, err
}

// Analyze says what a program needs that uses the Python of dist. A module that
// is asked for and does not exist is an *Error with its name and positions.
func (h *Helper) Analyze(ctx context.Context, dist *pydist.Dist, req AnalyzeRequest) (*Plan, error) {
	plan := &Plan{}
	steps := &phases{rep: h.rep, title: "analyse the Python side"}
	defer steps.done()
	err := h.ask(ctx, dist, analysisTools, &conversation{
		op: opAnalyze, fields: req, answer: typePlan, result: plan, progress: steps.step,
	})
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// Link makes the native files of a bundle find one another: it copies those that
// have to be changed, names the libraries of this machine that have to come along,
// and reports what it found wrong.
func (h *Helper) Link(ctx context.Context, req LinkRequest) (*Linked, error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return nil, err
	}
	linked := &Linked{}
	steps := &phases{rep: h.rep, title: "check the native libraries"}
	defer steps.done()
	err = h.ask(ctx, tools.managed, nativeTools, &conversation{
		op: opLink, fields: req, answer: typeLinked, result: linked, progress: steps.step,
		finding: func(f Finding) { linked.Findings = append(linked.Findings, f) },
	})
	if err != nil {
		return nil, err
	}
	return linked, nil
}

// ask holds a conversation with a pyhelper that runs in the interpreter of dist
// and imports the distributions of a group. It is started as pyhelper/__main__.py
// describes, isolated from the user's settings of Python. PyInstaller iterates over sets.
func (h *Helper) ask(ctx context.Context, dist *pydist.Dist, g group, c *conversation) error {
	tools, err := h.tools(ctx)
	if err != nil {
		return err
	}
	main, err := tools.main(ctx)
	if err != nil {
		return err
	}
	packages, err := tools.install(ctx, g)
	if err != nil {
		return err
	}
	command := dist.Command
	if c.op == opAnalyze {
		command = dist.CommandWithSeed
	}
	if c.cmd, err = command(ctx, main, packages); err != nil {
		return err
	}
	return h.hold(ctx, c)
}

// hold runs a conversation in an empty working directory, from which nothing can
// be imported whatever a library does with sys.path.
func (h *Helper) hold(ctx context.Context, c *conversation) error {
	dir, err := os.MkdirTemp("", "llgo-pyhelper-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c.cmd.Dir = dir
	c.rep, c.verbose = h.rep, h.verbose
	return c.run(ctx)
}
