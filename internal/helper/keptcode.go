package helper

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/llgo-pypack/llgo-pypack/internal/kept"
	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/pyhelper"
)

// Code is the byte code of a job.
type Code struct {
	kept.Result        // "" as Path where the source cannot be compiled
	Failed      string // why
}

// CompileOnce is [Helper.Compile], except that a source is compiled only once: its byte
// code is kept by content of the source, the name in tracebacks, the interpreter and the
// tools. The answers are in the order of the jobs.
//
// neutral are the paths that the byte code must not name, Plan.Python.Neutral: they
// follow from where the interpreter is, which its identity need not cover.
func (h *Helper) CompileOnce(ctx context.Context, dist *pydist.Dist, req CompileRequest, neutral []Neutral) ([]Code, error) {
	store, err := kept.Open()
	if err != nil {
		return nil, err
	}
	_, tools, err := listSources(pyhelper.Files)
	if err != nil {
		return nil, err
	}
	c := &codeKeeper{store: store, keys: make([]codeKey, len(req.Jobs)), codes: make([]Code, len(req.Jobs))}
	found := make([]bool, len(req.Jobs))
	err = parallel.Each(ctx, len(req.Jobs), func(i int) (err error) {
		if c.keys[i], err = codeKeyOf(dist, tools, req, i, neutral); err == nil {
			found[i] = c.find(i)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var missing []int
	rest := req
	rest.Jobs = nil
	for i, job := range req.Jobs {
		if !found[i] {
			missing, rest.Jobs = append(missing, i), append(rest.Jobs, job)
		}
	}
	if len(missing) == 0 {
		return c.codes, nil
	}
	compiled, err := h.Compile(ctx, dist, rest)
	if err != nil {
		return nil, err
	}
	failed := map[string]string{}
	for _, f := range compiled.Failed {
		failed[f.Source] = f.Text
	}
	return c.codes, parallel.Each(ctx, len(missing), func(i int) error {
		job := rest.Jobs[i]
		// A source that was edited meanwhile has another key.
		now, err := codeKeyOf(dist, tools, req, missing[i], neutral)
		if err != nil {
			return err
		}
		if now != c.keys[missing[i]] {
			return fmt.Errorf("%s changes while it is compiled; build again", job.Source)
		}
		return c.keep(missing[i], job.Output, failed[job.Source])
	})
}

// keepMade keeps the byte code that an analysis made as CompileOnce would.
func (h *Helper) keepMade(ctx context.Context, dist *pydist.Dist, plan *Plan) error {
	store, err := kept.Open()
	if err != nil {
		return err
	}
	_, tools, err := listSources(pyhelper.Files)
	if err != nil {
		return err
	}
	return parallel.Each(ctx, len(plan.Made), func(i int) error {
		made := plan.Made[i]
		key, err := keyOfContent(dist, tools, CompileRequest{}, CompileJob{Source: made.SHA256, Name: made.Name}, plan.Python.Neutral)
		if err == nil {
			_, err = store.KeepFile(key.code, made.Output)
		}
		return err
	})
}

// codeKey names the byte code of a source, or why there is none.
type codeKey struct{ code, failure kept.Key }

// codeKeyOf is the key of one job: of all of the request but where files are, and the
// other jobs. tools changes with pyhelper.
func codeKeyOf(dist *pydist.Dist, tools string, req CompileRequest, i int, neutral []Neutral) (codeKey, error) {
	job := req.Jobs[i]
	sum, err := objects.HexOfFile(job.Source)
	if err != nil {
		return codeKey{}, err
	}
	job.Source, job.Output = sum, ""
	return keyOfContent(dist, tools, req, job, neutral)
}

// keyOfContent is the key of a job whose source is given by its SHA-256.
func keyOfContent(dist *pydist.Dist, tools string, req CompileRequest, job CompileJob, neutral []Neutral) (codeKey, error) {
	req.Jobs = []CompileJob{job}
	all, err := json.Marshal([]any{req, neutral, dist.Interpreter, tools})
	return codeKey{kept.NewKey("byte code", all), kept.NewKey("byte code failure", all)}, err
}

// codeKeeper is one call of CompileOnce.
type codeKeeper struct {
	store *kept.Store
	keys  []codeKey
	codes []Code
}

func (c *codeKeeper) find(i int) bool {
	if r, ok := c.store.File(c.keys[i].code); ok {
		c.codes[i].Result = r
		return true
	}
	text, ok := c.store.Bytes(c.keys[i].failure)
	c.codes[i].Failed = string(text)
	return ok
}

func (c *codeKeeper) keep(i int, output, failure string) (err error) {
	if failure != "" {
		c.codes[i].Failed = failure
		return c.store.KeepBytes(c.keys[i].failure, []byte(failure))
	}
	c.codes[i].Result, err = c.store.KeepFile(c.keys[i].code, output)
	return err
}
