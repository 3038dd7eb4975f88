package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// The bare interpreters among the programs, which do what an app does. One starts
// the packaged libpython, on the plain tree of .pyc files, as an onedir of layout
// tree has it: the one that ratios are taken of, since all that differs is
// ourselves. The other is the distribution's own, as its users know it; that of the
// managed CPython is linked statically, which saves it the work of a loader.
const (
	interpreter  = "python -I -S"
	distribution = "python -I -S, as distributed"
)

// programs holds Python that does what an app does and prints the same. An app
// without one is measured without interpreter and peers: stdlib, for one, starts
// processes of its own.
//
//go:embed programs/*.py
var programs embed.FS

// pythonOf returns the Python that does what an app does, "" if there is none.
func pythonOf(app string) string {
	code, _ := programs.ReadFile("programs/" + app + ".py")
	return string(code)
}

// addInterpreters adds both. The packaged one is taken from the app's program of
// layout tree.
func (a *App) addInterpreters(ctx context.Context, work, python string) error {
	code := pythonOf(a.Name)
	if code == "" {
		return nil
	}
	home := filepath.Join(filepath.Dir(a.program(tree).argv[0]), "python")
	found, err := filepath.Glob(filepath.Join(home, "lib", "python3*", "site-packages"))
	if err != nil {
		return err
	}
	a.Programs = append(a.Programs, bare(interpreter, filepath.Join(home, "bin", "python3"), found, code))

	dist, err := base(ctx, python)
	if err != nil {
		return err
	}
	var packages []string
	if reqs := filepath.Join(source(a.Name), "requirements.txt"); exists(reqs) {
		h, err := helper.Open(ctx, progress.Discard)
		if err != nil {
			return err
		}
		env, err := h.Environment(ctx, dist, helper.Requirements{Files: []string{reqs}}, progress.Discard)
		if err != nil {
			return err
		}
		if packages, err = filepath.Glob(filepath.Join(env.Prefix, "lib", "python3*", "site-packages")); err != nil {
			return err
		}
	}
	// Its byte code goes where it harms nobody; the uncounted start makes it.
	byteCode := filepath.Join(work, "byte code")
	if err := os.MkdirAll(byteCode, 0o700); err != nil {
		return err
	}
	a.Programs = append(a.Programs, bare(distribution, dist.Executable, packages, code, "-X", "pycache_prefix="+byteCode))
	return nil
}

// bare is an interpreter that runs code. site-packages are importable although -S
// keeps them out.
func bare(name, python string, sitePackages []string, code string, flags ...string) *Program {
	argv := append([]string{python, "-I", "-S"}, flags...)
	if len(sitePackages) > 0 {
		code = fmt.Sprintf("import sys; sys.path.append(%q)\n", sitePackages[0]) + code
	}
	return &Program{Name: name, argv: append(argv, "-c", code)}
}
