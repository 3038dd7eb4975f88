package leftout

import (
	"slices"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// Builtins is the name of the group of modules that are built into libpython.
const Builtins = "builtins"

// KeepsBuiltins reports whether names that are as in Apply keep them.
func KeepsBuiltins(keep []string) bool {
	return slices.Contains(keep, Builtins) || slices.Contains(keep, All)
}

// builtin is a module of libpython that may go.
type builtin struct {
	Name      string   `json:"name"`
	Importers []string `json:"importers"`
}

// UnusedBuiltins are the modules built into libpython that a program can do without, sorted
// by name: nothing that the plan found imports them but by way of a weak import of the
// policy, nor do others that stay. keep is as in Apply. An interpreter need not have them.
func UnusedBuiltins(plan *helper.Plan, keep []string) ([]string, error) {
	p, err := load()
	if err != nil || KeepsBuiltins(keep) {
		return nil, err
	}
	used := p.used(plan)
	var unused []string
	for _, m := range p.Builtins.Modules {
		inC := slices.ContainsFunc(m.Importers, func(name string) bool { return used[name] })
		if !inC && !used[m.Name] {
			unused = append(unused, m.Name)
		}
	}
	slices.Sort(unused)
	return unused, nil
}

// used are the modules that are imported, and not by weak imports alone. What a plan has
// and nothing in it leads to is used: it was asked for in a way that is no import.
func (p *policy) used(plan *helper.Plan) map[string]bool {
	strong := reached(plan, func(importer, module string) bool {
		for _, w := range p.Builtins.Weak {
			if w.Importer == importer && w.Module == module {
				return false
			}
		}
		return true
	})
	any := reached(plan, func(string, string) bool { return true })
	used := map[string]bool{}
	for i, im := range plan.Imports {
		used[im.Name] = im.State == "" && (strong[i] || !any[i])
	}
	return used
}

// reached tells of each of plan.Imports whether imports that follow approves lead there
// from what nothing imports: the program, its snippets, an interpreter's start.
func reached(plan *helper.Plan, follow func(importer, module string) bool) []bool {
	imports := make([][]int, len(plan.Imports))
	found := make([]bool, len(plan.Imports))
	var waiting []int
	for i, im := range plan.Imports {
		for _, by := range im.Importers {
			if follow(plan.Imports[by].Name, im.Name) {
				imports[by] = append(imports[by], i)
			}
		}
		if len(im.Importers) == 0 {
			found[i], waiting = true, append(waiting, i)
		}
	}
	for len(waiting) > 0 {
		i := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for _, next := range imports[i] {
			if !found[next] {
				found[next], waiting = true, append(waiting, next)
			}
		}
	}
	return found
}

// WithoutBuiltins returns the plan without the modules that cannot be imported without
// the unused built-in modules: they import one as a matter of course, or another such
// module, and are not used either. What imports them falls back.
func WithoutBuiltins(plan *helper.Plan, unused []string) (*helper.Plan, error) {
	p, err := load()
	if err != nil || len(unused) == 0 {
		return plan, err
	}
	gone := map[string]bool{}
	for _, name := range unused {
		gone[name] = true
	}
	used := p.used(plan)
	for again := true; again; {
		again = false
		for _, im := range plan.Imports {
			for i, at := range im.Importers {
				importer := plan.Imports[at].Name
				if gone[im.Name] && im.How[i] == 'i' && !used[importer] && !gone[importer] {
					gone[importer], again = true, true
				}
			}
		}
	}
	less := *plan
	less.Files = slices.DeleteFunc(slices.Clone(plan.Files), func(f helper.PlanFile) bool { return f.Module != "" && gone[moduleName(f)] })
	less.Imports = slices.Clone(plan.Imports)
	for i, im := range less.Imports {
		if gone[im.Name] && im.State == "" {
			less.Imports[i].State = stateExcluded
		}
	}
	return &less, nil
}

// OfBuiltins describes what went of them, for people who ask for sizes: how many modules,
// and bytes of libpython.
func OfBuiltins(modules int, size int64) (Group, error) {
	p, err := load()
	return Group{Name: Builtins, Why: p.Builtins.Why, Files: modules, Size: size}, err
}
