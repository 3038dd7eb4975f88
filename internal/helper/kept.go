package helper

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// An analysis takes seconds and depends on four things only: what the program asks
// for, the user's options with the files they name, the distribution it is asked
// of, and the tools. Where all four are
// known by content its plan is kept in the cache, together with PyInstaller's own
// records (Plan.TOC), and a build after a change of Go code does not repeat it.
//
// That excludes interpreters and virtual environments of the user's: packages
// come and go there without their Identity changing. What line of Go asks for a
// module is no part of it either: it matters for errors, which are not kept.

const planFile = "plan.json"

// keptPlan is what plan.json holds.
type keptPlan struct {
	Plan     *Plan    `json:"plan"`
	Warnings []string `json:"warnings"` // told again with the plan
}

// AnalyzeOnce is Analyze, which it runs if no plan is kept. Its request needs no
// Workdir; work is a directory to use where plans cannot be kept.
func (h *Helper) AnalyzeOnce(ctx context.Context, dist *pydist.Dist, req AnalyzeRequest, work string) (*Plan, error) {
	if !dist.Managed {
		req.Workdir = work
		return h.Analyze(ctx, dist, req)
	}
	dir, err := h.keptName(dist, req)
	if err != nil {
		return nil, err
	}
	err = cachedir.Ensure(ctx, dir, func(made string) error { return h.keep(ctx, dist, req, made, dir) })
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(dir, planFile))
	if err != nil {
		return nil, err
	}
	var kept keptPlan
	if err := json.Unmarshal(data, &kept); err != nil {
		return nil, err
	}
	for _, text := range kept.Warnings {
		h.rep.Warn(text)
	}
	return kept.Plan, nil
}

// keptName is the cache entry of an analysis.
func (h *Helper) keptName(dist *pydist.Dist, req AnalyzeRequest) (string, error) {
	_, sources, err := listSources(pyhelper.Files)
	if err != nil {
		return "", err
	}
	lock, err := pyhelper.Files.ReadFile("lock/" + analysisTools.name + ".txt")
	if err != nil {
		return "", err
	}
	root, err := cachedir.Root()
	if err != nil {
		return "", err
	}
	options, err := req.Options.state()
	if err != nil {
		return "", err
	}
	key := digest(sources, string(lock), dist.Identity, wanted(req), options)
	return filepath.Join(root, "analyses", key[:32]), nil
}

// wanted is what a request asks for, without the places that ask.
func wanted(req AnalyzeRequest) string {
	var modules, code []string
	for _, m := range req.Modules {
		modules = append(modules, m.Name)
	}
	for _, s := range req.Snippets {
		code = append(code, s.Code)
	}
	slices.Sort(modules)
	slices.Sort(code)
	return digest(digest(modules...), digest(code...))
}

// keep analyses in the directory made and stores the plan there, as it will be
// when the directory has its final name.
func (h *Helper) keep(ctx context.Context, dist *pydist.Dist, req AnalyzeRequest, made, final string) error {
	req.Workdir = filepath.Join(made, "analysis")
	if err := os.Mkdir(req.Workdir, 0o755); err != nil {
		return err
	}
	tools, err := h.tools(ctx)
	if err != nil {
		return err
	}
	rec := &warningKeeper{Reporter: h.rep}
	recording := &Helper{rep: rec, verbose: h.verbose, set: tools}
	plan, err := recording.Analyze(ctx, dist, req)
	if err != nil {
		return err
	}
	data, err := json.Marshal(keptPlan{plan, rec.warnings})
	if err != nil {
		return err
	}
	data = bytes.ReplaceAll(data, jsonText(made), jsonText(final))
	return os.WriteFile(filepath.Join(made, planFile), data, 0o644)
}

// jsonText is s as it stands inside a JSON string.
func jsonText(s string) []byte {
	quoted, _ := json.Marshal(s)
	return quoted[1 : len(quoted)-1]
}

// warningKeeper keeps the warnings back, to be told with the plan.
type warningKeeper struct {
	progress.Reporter

	mu       sync.Mutex
	warnings []string
}

// Warn implements progress.Reporter.
func (r *warningKeeper) Warn(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.warnings = append(r.warnings, text)
}
