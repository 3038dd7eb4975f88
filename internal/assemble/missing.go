package assemble

import (
	"fmt"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// warnMissing tells of the modules that the program can fail without. All the
// others that somebody imports in vain stand in the build report.
func warnMissing(warn func(string), plan *helper.Plan) {
	for _, m := range plan.Missing {
		importers := namedModules(m.Importers)
		if m.Reason != helper.MissingRequired || len(importers) == 0 {
			continue // what the program itself asks for is an error, or told of with its line
		}
		by := importers[0]
		if more := len(importers) - 1; more > 0 {
			by = fmt.Sprintf("%s and %d more", by, more)
		}
		warn(fmt.Sprintf("python module %s not found; imported unconditionally by %s", m.Module, by))
	}
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
