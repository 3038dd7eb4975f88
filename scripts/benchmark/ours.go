package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// The programs that the others are compared with.
const (
	onedir  = "onedir"
	onefile = "onefile"
	tree    = "onedir, layout tree"
	best    = "onefile, compressed best"

	stripped = "onefile, stripped"
	byLLGo   = " (llgo)" // behind the name of a form: by the real llgo
)

// frontEnd is our llgo and what it packages.
type frontEnd struct {
	exe     string
	python  string // the interpreter to package, "" the managed one
	goCache string // the Go build cache; "" is an empty one for each program
}

// newFrontEnd builds llgo in an empty directory.
func newFrontEnd(ctx context.Context, work, python string) (*frontEnd, error) {
	f := &frontEnd{exe: filepath.Join(work, "llgo"), python: python}
	_, err := timed(exec.CommandContext(ctx, "go", "build", "-o", f.exe, "./cmd/llgo"))
	return f, err
}

// compileOnce compiles what programs have in common, Go's standard library and our run
// time, by building one of each kind. A cold build is then one of a tool that is in use,
// as it is for the peers, whose own modules are compiled before.
func (f *frontEnd) compileOnce(ctx context.Context, work string) error {
	f.goCache = filepath.Join(work, "gocache")
	for _, kind := range []string{onedir, onefile} {
		if _, err := f.makes(kind, "go").make(ctx, "hello", filepath.Join(work, "before")); err != nil {
			return err
		}
	}
	return nil
}

// ours is what llgo offers.
func ours(ctx context.Context, work, python string) ([]*packager, error) {
	f, err := newFrontEnd(ctx, work, python)
	if err != nil {
		return nil, err
	}
	if err := f.compileOnce(ctx, work); err != nil {
		return nil, err
	}
	plain, small := f.makes(onedir, "go", "--py-layout=tree"), f.makes(onefile, "go", "--py-compress=best")
	plain.name, plain.knows = tree, hasPython
	small.name = best
	all := []*packager{f.makes(onedir, "go"), f.makes(onefile, "go"), small, plain}
	if python != "" { // it may have symbols; Nuitka strips them
		cut := f.makes(onefile, "go", "--py-strip")
		cut.name, cut.knows = stripped, hasPython
		all = append(all, cut)
	}
	real, err := f.theRealLLGo(ctx)
	return append(all, real...), err
}

// makes is what the front end makes with a compiler. Programs of compiler go are the
// ones that others are compared with.
func (f *frontEnd) makes(kind, compiler string, flags ...string) *packager {
	output := func(app string) string { return filepath.Join("out", app) }
	name := kind
	if compiler != "go" {
		name += byLLGo
	}
	return &packager{
		name: name, fresh: forget, output: output, file: kind == onefile, change: changeGo,
		build: func(ctx context.Context, app, dir string) (*exec.Cmd, error) {
			args := append([]string{"build", "--py-compiler=" + compiler, "-o", filepath.Join(dir, output(app))}, flags...)
			if kind != plain {
				args = append(args, "--py-"+kind)
			}
			if f.python != "" {
				args = append(args, "--py-python", f.python)
			}
			cmd := exec.CommandContext(ctx, f.exe, append(args, ".")...)
			cmd.Dir = filepath.Join(dir, "src")
			cmd.Env = append(pydist.CleanEnv(os.Environ()), "GOCACHE="+cmp.Or(f.goCache, filepath.Join(dir, "gocache")))
			return cmd, nil
		},
	}
}

// forget removes the analyses and the results of steps that are kept between builds,
// and provides the sources.
func forget(_ context.Context, app, dir string) error {
	cache, err := cachedir.Root()
	if err != nil {
		return err
	}
	for _, kept := range []string{"analyses", "steps"} {
		if err := os.RemoveAll(filepath.Join(cache, kept)); err != nil {
			return err
		}
	}
	return os.CopyFS(filepath.Join(dir, "src"), os.DirFS(source(app)))
}

func changeGo(_, dir string) error {
	return addLine(filepath.Join(dir, "src", "main.go"), `func init() { _ = "changed" }`)
}

// source is the directory of an app: one that is there to be measured, or to be tested.
func source(app string) string {
	if dir := filepath.Join("scripts", "benchmark", "apps", app); exists(dir) {
		return dir
	}
	return filepath.Join("testdata", "apps", app)
}
