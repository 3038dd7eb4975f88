package helper

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir"
	"github.com/llgo-pypack/llgo-pypack/internal/progress"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/record"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// An analysis takes seconds and depends on four things only: what the program asks
// for, the user's options with the files they name, the distribution it is asked
// of, and the tools. Where all four are
// known by content its plan is kept in the cache, together with PyInstaller's own
// records (Plan.TOC), and a build after a change of Go code does not repeat it; nor
// does one after a change of the program's own modules that no analysis can see, see
// [Helper.outlines].
//
// Interpreters and virtual environments of the user's are known by content if they
// are pinned (pydist.Dist.Pin); packages come and go there. What line of Go asks for a
// module is no part of it either: it matters for errors, which are not kept.

// AnalysisFile is what an analysis that is kept consists of, beside records of the tools.
const AnalysisFile = "plan.json"

// keptPlan is what plan.json holds.
type keptPlan struct {
	Plan     *Plan    `json:"plan"`
	Warnings []string `json:"warnings"` // told again with the plan
	// Exact count by content whatever the name of the entry says: modules of the
	// program's own that others than its own import, whose words nobody looked at, and
	// libraries of this machine.
	Exact []record.File `json:"exact"`
}

// errEdited says that a file was changed while it was looked at.
var errEdited = errors.New("files of the program change while they are analysed; build again")

// AnalyzeOnce is Analyze, which it runs if no plan is kept. Its request needs no
// Workdir; work is a directory to use where plans cannot be kept. Byte code that the
// analysis makes, if there is a directory for it, CompileOnce will find.
func (h *Helper) AnalyzeOnce(ctx context.Context, dist *pydist.Dist, req AnalyzeRequest, work string) (*Plan, error) {
	if !dist.Managed && !dist.Pinned {
		req.Workdir = work
		plan, err := h.Analyze(ctx, dist, req)
		if err != nil {
			return nil, err
		}
		return plan, h.keepMade(ctx, dist, plan)
	}
	k, err := h.exactPlan(ctx, dist, req)
	if err != nil {
		return nil, err
	}
	for _, text := range k.Warnings {
		h.rep.Warn(text)
	}
	return k.Plan, nil
}

// exactPlan returns a plan of which all that counts by content is as it was: by
// outlines, else by contents, else by what is at those places now.
func (h *Helper) exactPlan(ctx context.Context, dist *pydist.Dist, req AnalyzeRequest) (*keptPlan, error) {
	var k *keptPlan
	found := ""
	for _, outlines := range []func() (map[string]string, error){
		func() (map[string]string, error) { return h.outlines(ctx, dist, req) },
		func() (map[string]string, error) { return nil, nil },
		func() (map[string]string, error) { return map[string]string{"": found}, nil },
	} {
		var err error
		if k, err = h.planOf(ctx, dist, req, outlines); err != nil {
			return nil, err
		}
		now, err := record.Looks(pathsOf(k.Exact))
		if err == nil && slices.Equal(now, k.Exact) {
			break
		}
		found = fmt.Sprint(now, err)
	}
	return k, nil
}

func pathsOf(files []record.File) (paths []string) {
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	return paths
}

// planOf returns the plan that is kept under the name of a request, and makes it where
// there is none. What is edited meanwhile has another name: then it starts again.
func (h *Helper) planOf(ctx context.Context, dist *pydist.Dist, req AnalyzeRequest, outlines func() (map[string]string, error)) (*keptPlan, error) {
	name := func() (string, error) {
		said, err := outlines()
		if err != nil {
			return "", err
		}
		return h.keptName(dist, req, said)
	}
	const tries = 3
	for try := range tries {
		dir, err := name()
		if err != nil {
			return nil, err
		}
		err = cachedir.Ensure(ctx, dir, func(made string) error {
			if err := h.keep(ctx, dist, req, made, dir); err != nil {
				return err
			}
			again, err := name()
			if err == nil && again != dir {
				err = errEdited
			}
			if same, e := dist.Same(ctx); err == nil && !same {
				err = cmp.Or(e, errEdited)
			}
			return err
		})
		if errors.Is(err, errEdited) && try < tries-1 {
			continue
		}
		if err != nil {
			return nil, err
		}
		return readPlan(filepath.Join(dir, AnalysisFile))
	}
	return nil, errEdited
}

func readPlan(file string) (*keptPlan, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	k := &keptPlan{}
	return k, json.Unmarshal(data, k)
}

// keptName is the cache entry of an analysis.
func (h *Helper) keptName(dist *pydist.Dist, req AnalyzeRequest, outlines map[string]string) (string, error) {
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
	options, err := req.Options.state(outlines)
	if err != nil {
		return "", err
	}
	key := digest(sources, string(lock), dist.Identity, wanted(req), options, outlines[""])
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
	if err := h.keepMade(ctx, dist, plan); err != nil {
		return err
	}
	plan.Made = nil // its files do not last
	exact, err := record.Looks(append(importedByOthers(plan, req.Options), machinesOwn(plan, dist, made)...))
	if err != nil {
		return err
	}
	data, err := json.Marshal(keptPlan{plan, rec.warnings, exact})
	if err != nil {
		return err
	}
	data = bytes.ReplaceAll(data, jsonText(made), jsonText(final))
	return os.WriteFile(filepath.Join(made, AnalysisFile), data, 0o644)
}

// importedByOthers are the sources of the program's own modules that modules of others
// import.
func importedByOthers(plan *Plan, o AnalyzeOptions) (sources []string) {
	own := map[string]string{ImportedByProgram: "", ImportedByStartup: ""} // name → source
	for _, f := range plan.Files {
		if f.Module != "" && slices.ContainsFunc(o.Paths, func(dir string) bool {
			return strings.HasPrefix(f.Source, filepath.Clean(dir)+string(filepath.Separator))
		}) {
			own[f.Module] = f.Source
		}
	}
	for _, m := range plan.Imports {
		source := own[m.Name]
		if source != "" && slices.ContainsFunc(m.Importers, func(i int) bool {
			by := plan.Imports[i].Name
			_, ok := own[by]
			return !ok && !strings.HasPrefix(by, "<")
		}) {
			sources = append(sources, source)
		}
	}
	return sources
}

// machinesOwn are the libraries that the analysis found on this machine.
func machinesOwn(plan *Plan, dist *pydist.Dist, work string) (sources []string) {
	for _, f := range plan.Files {
		if f.Kind == KindLibrary && !dist.Contains(f.Source) && !strings.HasPrefix(f.Source, work) {
			sources = append(sources, f.Source)
		}
	}
	return sources
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
