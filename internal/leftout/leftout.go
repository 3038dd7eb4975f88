// Package leftout decides what of installed distributions stays behind: test suites,
// headers, static libraries, stubs, caches and sources of extension modules; and which
// modules of libpython do. The policy is data, policy.json, whose form is
// policy.schema.json.
//
// Of distributions it is about what comes along because everything does (--py-deps=all, a package that a
// setting collects): a file that a hook or a module asks for stays, and so does a module
// that any other module imports, or that the program asks for. numpy.testing, for one,
// imports a module of numpy's tests. Files of the program's own, and what settings add
// by name, are not looked at.
package leftout

import (
	"os"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// Group is what was left out for one reason.
type Group struct {
	Name  string // as --py-keep takes it
	Why   string
	Files int
	Size  int64 // bytes on the disk of the build machine
}

// Apply returns the plan without what is left out, and what that is, in the order of the
// policy. wanted are modules that the program or its settings ask for by name; keep has
// names of groups, or All.
func Apply(plan *helper.Plan, wanted, keep []string) (*helper.Plan, []Group, error) {
	p, err := load()
	if err != nil {
		return nil, nil, err
	}
	var distributions []string
	for _, d := range plan.Distributions {
		distributions = append(distributions, normalized(d.Name))
	}
	s := &selection{policy: p, plan: plan, groups: p.active(keep, distributions), of: map[string]int{}, wanted: wanted, there: map[string]bool{}}
	s.choose()
	s.keepImported()
	return s.result()
}

// stateExcluded is helper.Imported.State of what is left out on purpose.
const stateExcluded = "excluded"

// selection is a choice in the making.
type selection struct {
	policy *policy
	plan   *helper.Plan
	groups []group
	of     map[string]int // dest → index of the group for which it is left out
	wanted []string
	there  map[string]bool // modules that have a file: packages without __init__ have none
}

func (s *selection) choose() {
	for _, f := range s.plan.Files {
		s.there[moduleName(f)] = true
		inside, ok := bundle.InSitePackages("python/" + f.Dest)
		if !ok || f.Distribution == "" || f.AskedBy != "" || s.policy.needs(normalized(f.Distribution)) {
			continue
		}
		for i, g := range s.groups {
			if s.eligible(f, g) && g.has(inside) {
				s.of[f.Dest] = i
				break
			}
		}
	}
}

// eligible reports whether a group is about files of this kind. Libraries are linked
// with, which the plan does not know of.
func (s *selection) eligible(f helper.PlanFile, g group) bool {
	switch f.Kind {
	case helper.KindData:
		return true
	case helper.KindModule, helper.KindSource, helper.KindExtension:
		return g.Modules && !s.isWanted(f.Module)
	}
	return false
}

// isWanted reports whether somebody asked for a module, or for a package of tests that
// it is in. Who asks for all of a package did not ask for its tests.
func (s *selection) isWanted(module string) bool {
	return slices.ContainsFunc(s.wanted, func(name string) bool {
		inside := slices.ContainsFunc(s.groups, func(g group) bool { return g.has(strings.ReplaceAll(name, ".", "/") + "/x") })
		return module == name || inside && strings.HasPrefix(module, name+".")
	})
}

// keepImported takes back what modules that stay import, and what that imports.
func (s *selection) keepImported() {
	dests := map[string][]string{} // module that is left out → its files: source and byte code
	for _, f := range s.plan.Files {
		if _, out := s.of[f.Dest]; out && f.Module != "" {
			dests[moduleName(f)] = append(dests[moduleName(f)], f.Dest)
		}
	}
	for again := true; again; {
		again = false
		for _, im := range s.plan.Imports {
			files, out := dests[im.Name]
			if !out || !s.imported(im, dests) {
				continue
			}
			again = true
			for _, dest := range files {
				delete(s.of, dest)
			}
			delete(dests, im.Name)
		}
	}
}

// imported reports whether anything imports im that stays: a module, one of its parts if
// it is a package, the program. To be named by a setting (h, for <program>) is not enough.
func (s *selection) imported(im helper.Imported, out map[string][]string) bool {
	for i, at := range im.Importers {
		importer := s.plan.Imports[at].Name
		_, gone := out[importer]
		if own := strings.HasPrefix(importer, "<"); own && im.How[i] != 'h' || !own && !gone && s.there[importer] {
			return true
		}
	}
	return false
}

// moduleName is how importers call the module of a file; "" if it is none.
func moduleName(f helper.PlanFile) string { return strings.TrimSuffix(f.Module, ".__init__") }

func (s *selection) result() (*helper.Plan, []Group, error) {
	plan := *s.plan
	plan.Files = nil
	groups := make([]Group, len(s.groups))
	gone := map[string]bool{}
	for _, f := range s.plan.Files {
		i, out := s.of[f.Dest]
		if !out {
			plan.Files = append(plan.Files, f)
			continue
		}
		info, err := os.Stat(f.Source)
		if err != nil {
			return nil, nil, err
		}
		groups[i].Files++
		groups[i].Size += info.Size()
		gone[moduleName(f)] = true
	}
	plan.Imports = slices.Clone(plan.Imports)
	for i, im := range plan.Imports {
		if gone[im.Name] {
			plan.Imports[i].State = stateExcluded
		}
	}
	for i, g := range s.groups {
		groups[i].Name, groups[i].Why = g.Name, g.Why
	}
	return &plan, slices.DeleteFunc(groups, func(g Group) bool { return g.Files == 0 }), nil
}
