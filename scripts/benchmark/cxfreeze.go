package main

import (
	"context"
	"os/exec"
	"path/filepath"
)

var cxFreeze = &peer{
	specs: []string{"cx_Freeze==8.7.3"},
	packagers: func(p *peer) []*packager {
		return []*packager{p.cxFreeze()}
	},
}

// cxFreeze packages as a directory with cx_Freeze's own defaults; on Linux it makes
// nothing else that just starts. It keeps nothing between builds.
func (p *peer) cxFreeze() *packager {
	return &packager{
		name: "cx_freeze " + onedir, versus: onedir, knows: hasPython, fresh: p.prepare,
		note:   "packages a CPython of its own, linked statically, of the same minor version",
		change: func(app, dir string) error { return addLine(script(app, dir), `changed = True`) },
		output: func(app string) string { return filepath.Join("dist", app) },
		build: func(ctx context.Context, app, dir string) (*exec.Cmd, error) {
			return p.command(ctx, app, dir, nil, "-m", "cx_Freeze", "--script", script(app, dir), "--target-dir", filepath.Join(dir, "dist"))
		},
	}
}
