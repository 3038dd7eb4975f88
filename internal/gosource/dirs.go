package gosource

import (
	"context"
	"slices"
)

// Dirs are the directories of the packages outside the standard library and of
// their modules, each once.
func (p *Program) Dirs() []string { return dirs(p.Packages) }

// Dirs is what Program.Dirs would be for all packages of a module and what they
// import. Packages that cannot be loaded are left out.
func Dirs(ctx context.Context, cfg Config) ([]string, error) {
	cfg.Flags = append([]string{"-e"}, cfg.Flags...)
	cfg.Patterns = []string{"./..."}
	pkgs, err := list(ctx, cfg)
	return dirs(pkgs), err
}

func dirs(pkgs []*Package) []string {
	var all []string
	add := func(dir string) {
		if dir != "" && !slices.Contains(all, dir) {
			all = append(all, dir)
		}
	}
	for _, p := range pkgs {
		if p.Standard {
			continue
		}
		add(p.Dir)
		if p.Module != nil {
			add(p.Module.Dir)
		}
	}
	return all
}
