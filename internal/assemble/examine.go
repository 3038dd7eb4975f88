package assemble

import (
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/installed"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// examine judges the installed distributions that the plan takes files of: those
// of another Python stop the build, those that another one overwrote are told.
func (b *builder) examine(dist *pydist.Dist, plan *helper.Plan) error {
	names := []string{}
	for _, d := range plan.Distributions {
		names = append(names, d.Name)
	}
	if err := installed.OtherPython(dist, names); err != nil {
		return err
	}
	var files []string
	for _, f := range plan.Files {
		if f.Source != "" {
			files = append(files, f.Source)
		}
	}
	for _, text := range installed.Overwritten(dist, files) {
		b.Reporter.Warn(text)
	}
	return nil
}
