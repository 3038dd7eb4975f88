package assemble

import (
	"fmt"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// tellMissing tells of the modules that the program can fail without. All the
// others that somebody imports in vain stand in the build report. In layout farm,
// which says of every module where it is from, one of nowhere is an error.
func tellMissing(warn func(string), plan *helper.Plan, farm bool) error {
	for _, m := range plan.Missing {
		importers := namedModules(m.Importers)
		if m.Reason != helper.MissingRequired || len(importers) == 0 {
			continue // what the program itself asks for is an error, or told of with its line
		}
		by := importers[0]
		if more := len(importers) - 1; more > 0 {
			by = fmt.Sprintf("%s and %d more", by, more)
		}
		if farm {
			return &helper.Error{
				Text:   fmt.Sprintf("python module %s, imported by %s, is neither in the standard library nor in a directory of sys.path: layout farm has no place for it", m.Module, by),
				Next:   "install what has it, or leave it out with --py-exclude-module=" + m.Module,
				Module: m.Module,
			}
		}
		warn(fmt.Sprintf("python module %s not found; imported unconditionally by %s", m.Module, by))
	}
	return nil
}

// namedModules leaves out what stands for the program and its literals.
func namedModules(names []string) []string {
	var modules []string
	for _, name := range names {
		if !strings.HasPrefix(name, "<") {
			modules = append(modules, name)
		}
	}
	return modules
}
