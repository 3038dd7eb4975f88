package assemble

import (
	"context"
	"runtime"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/leftout"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// cuts reports whether what a program does not use is taken out of libpython: only of the
// libraries whose every byte is known, on the one kind of machine whose code is read. A
// farm shares its libpython with other programs.
func (b *builder) cuts(dist *pydist.Dist) bool {
	return dist.Managed && runtime.GOOS == "linux" && runtime.GOARCH == "amd64" && !b.farm() &&
		!leftout.KeepsBuiltins(b.set.Keep.Values())
}

// withoutUnused returns the plan without the modules that need what is to go of libpython,
// and which built-in modules that is.
func (b *builder) withoutUnused(dist *pydist.Dist, plan *helper.Plan) (*helper.Plan, []string, error) {
	if !b.cuts(dist) {
		return plan, nil, nil
	}
	unused, err := leftout.UnusedBuiltins(plan, b.set.Keep.Values())
	if err != nil {
		return nil, nil, err
	}
	plan, err = leftout.WithoutBuiltins(plan, unused)
	return plan, unused, err
}

// unused says in a request to link what of libpython is to go.
func (b *builder) unused(ctx context.Context, dist *pydist.Dist, h *helper.Helper, modules []string, req *helper.LinkRequest) error {
	if len(modules) == 0 {
		return nil
	}
	if err := b.ahead.wait(ctx); err != nil {
		return err
	}
	survey, doubt, err := h.SurveyOnce(ctx, dist)
	if err != nil {
		return err
	}
	if doubt != "" {
		b.Reporter.Warn("libpython stays whole: " + doubt)
		return nil
	}
	req.Unused, req.Survey = modules, survey
	return nil
}
