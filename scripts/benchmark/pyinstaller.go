package main

import (
	"context"
	"os/exec"
	"path/filepath"
)

var pyInstaller = &peer{
	specs: []string{"pyinstaller==6.22.3"},
	packagers: func(p *peer) []*packager {
		return []*packager{p.pyInstaller(onedir), p.pyInstaller(onefile)}
	},
}

// pyInstaller packages with PyInstaller's own defaults. Its caches are dir's own,
// so the first build is a cold one.
func (p *peer) pyInstaller(kind string) *packager {
	return &packager{
		name: "pyinstaller " + kind, versus: kind, file: kind == onefile, knows: hasPython, fresh: p.prepare,
		change: func(app, dir string) error { return addLine(script(app, dir), `changed = True`) },
		output: func(app string) string {
			if kind == onefile {
				return filepath.Join("dist", app)
			}
			return filepath.Join("dist", app, app)
		},
		build: func(ctx context.Context, app, dir string) (*exec.Cmd, error) {
			config := "PYINSTALLER_CONFIG_DIR=" + filepath.Join(dir, "config")
			return p.command(ctx, app, dir, []string{config}, "-m", "PyInstaller", "--"+kind, "--noconfirm", script(app, dir))
		},
	}
}
