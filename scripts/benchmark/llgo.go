package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/compiler"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// theRealLLGo is what the front end makes of programs that the real llgo compiles, and
// llgo's own program beside it, which runs on this machine only. Where there is no llgo
// these are left out, with a line.
func (f *frontEnd) theRealLLGo(ctx context.Context) ([]*packager, error) {
	path, err := compiler.FindLLGo()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmark: without llgo:", err)
		return nil, nil
	}
	alone, err := llgoAlone(ctx, path, f.python)
	if err != nil {
		return nil, err
	}
	return []*packager{f.makes(onedir, "llgo"), f.makes(onefile, "llgo"), alone}, nil
}

// llgoAlone builds with llgo itself and the same libpython. Its programs find their
// library through PYTHONHOME, lose what they print into a pipe without PYTHONUNBUFFERED,
// and cannot print more than ASCII in the C locale without PYTHONIOENCODING (Py_Initialize
// takes no heed of PYTHONUTF8); an app that has
// requirements or starts processes needs more.
func llgoAlone(ctx context.Context, path, python string) (*packager, error) {
	dist, err := base(ctx, python)
	if err != nil {
		return nil, err
	}
	env, err := compiler.LLGoEnviron(ctx, path, pydist.CleanEnv(os.Environ()))
	if err != nil {
		return nil, err
	}
	return &packager{
		name: "llgo alone", fresh: forget, file: true,
		knows:  func(app string) bool { return app == "hello" },
		output: func(app string) string { return app },
		env:    []string{"PYTHONHOME=" + dist.BasePrefix, "PYTHONUNBUFFERED=1", "PYTHONIOENCODING=utf-8"},
		build: func(ctx context.Context, app, dir string) (*exec.Cmd, error) {
			cmd := exec.CommandContext(ctx, path, "build", "-o", filepath.Join(dir, app), ".")
			cmd.Dir = filepath.Join(dir, "src")
			cmd.Env = append(env, "GOCACHE="+filepath.Join(dir, "gocache"), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"),
				"LLGO_LIB_PYTHON=-Wl,-rpath,"+filepath.Dir(dist.LibPython)+","+dist.LibPython)
			return cmd, nil
		},
	}, nil
}
