package main

import (
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
)

// ours builds llgo and returns what it offers. python is the interpreter to
// package, "" the managed one.
func ours(ctx context.Context, work, python string) ([]*packager, error) {
	llgo := filepath.Join(work, "llgo")
	if _, err := timed(exec.CommandContext(ctx, "go", "build", "-o", llgo, "./cmd/llgo")); err != nil {
		return nil, err
	}
	all := []*packager{our(llgo, onedir, python, "go"), our(llgo, onefile, python, "go")}
	real, err := theRealLLGo(ctx, llgo, python)
	return append(all, real...), err
}

// our is what the front end llgo makes with a compiler. Programs of compiler go are
// the ones that others are compared with.
func our(llgo, kind, python, compiler string) *packager {
	output := func(app string) string { return filepath.Join("out", app) }
	name := kind
	if compiler != "go" {
		name += " (" + compiler + ")"
	}
	return &packager{
		name: name, fresh: forget, output: output, file: kind == onefile,
		build: func(ctx context.Context, app, dir string) (*exec.Cmd, error) {
			args := []string{"build", "--py-compiler=" + compiler, "--py-" + kind, "-o", filepath.Join(dir, output(app))}
			if python != "" {
				args = append(args, "--py-python", python)
			}
			cmd := exec.CommandContext(ctx, llgo, append(args, ".")...)
			cmd.Dir = filepath.Join(dir, "src")
			cmd.Env = append(pydist.CleanEnv(os.Environ()), "GOCACHE="+filepath.Join(dir, "gocache"))
			return cmd, nil
		},
	}
}

// forget removes the analyses and the results of steps that are kept between builds,
// and provides the sources. The Go build cache is dir's own, so it is empty.
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

// source is the directory of an app.
func source(app string) string { return filepath.Join("testdata", "apps", app) }
