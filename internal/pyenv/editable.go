package pyenv

import (
	"os"
	"path"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/env"
	"github.com/llgo-pypack/llgo-pypack/internal/wheel"
)

// editable lays a .pth file for each source directory of a workspace that has Python
// modules, so that they are imported from where they are edited, as after pip install
// --editable.
func (l *layer) editable(sources []env.Source) {
	for _, src := range sources {
		if dir := modulesIn(src.Dir); dir != "" {
			at := path.Join(l.libDir, "lib", l.libDir, wheel.SitePackages, src.Name+".pth")
			l.plan.Content(env.Laid{}, at, []byte(dir+"\n"), 0o644)
		}
	}
}

// modulesIn is the directory below dir that imports are to look in: src/, if that has
// modules or packages, else dir itself; "" if neither has.
func modulesIn(dir string) string {
	for _, candidate := range []string{filepath.Join(dir, "src"), dir} {
		entries, _ := os.ReadDir(candidate) // there may be no src/
		for _, entry := range entries {
			_, err := os.Stat(filepath.Join(candidate, entry.Name(), "__init__.py"))
			if err == nil || !entry.IsDir() && filepath.Ext(entry.Name()) == ".py" {
				return candidate
			}
		}
	}
	return ""
}
