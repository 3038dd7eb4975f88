package leftout

import (
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// Builtins is the name of the group of modules that are built into libpython.
const Builtins = "builtins"

// builtin is a module of libpython that may go.
type builtin struct {
	Name      string   `json:"name"`
	Importers []string `json:"importers"`
}

// UnusedBuiltins are the modules built into libpython that a program can do without, sorted
// by name: nothing that the plan found imports them, nor do others that stay. keep is as
// in Apply. An interpreter need not have them.
func UnusedBuiltins(plan *helper.Plan, keep []string) ([]string, error) {
	p, err := load()
	if err != nil || slices.Contains(keep, Builtins) || slices.Contains(keep, All) {
		return nil, err
	}
	imported := map[string]bool{}
	for _, im := range plan.Imports {
		if im.State == "" {
			imported[im.Name] = true
		}
	}
	var unused []string
	for _, m := range p.Builtins.Modules {
		used := slices.ContainsFunc(m.Importers, func(name string) bool { return imported[name] })
		if !used && !imported[m.Name] {
			unused = append(unused, m.Name)
		}
	}
	slices.Sort(unused)
	return unused, nil
}

// OfBuiltins describes what went of them, for people who ask for sizes: how many modules,
// and bytes of libpython.
func OfBuiltins(modules int, size int64) (Group, error) {
	p, err := load()
	return Group{Name: Builtins, Why: p.Builtins.Why, Files: modules, Size: size}, err
}
