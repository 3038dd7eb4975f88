package helper

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// minShard is the number of files below which another interpreter costs more than
// it saves.
const minShard = 50

// Compile turns Python source into bytecode that the interpreter of dist runs
// without asking for the source. Files that cannot be compiled are part of the
// answer.
//
// The work is divided among the processors. What a file becomes does not depend
// on its neighbours: pyhelper sees to it that the bytes follow from the source and
// the interpreter alone.
func (h *Helper) Compile(ctx context.Context, dist *pydist.Dist, req CompileRequest) (*Compiled, error) {
	tools, err := h.tools(ctx)
	if err != nil {
		return nil, err
	}
	main, err := tools.main(ctx)
	if err != nil {
		return nil, err
	}
	steps := &phases{rep: h.rep, title: "compile the Python modules"}
	defer steps.done()
	shards := shard(req.Jobs, runtime.GOMAXPROCS(0))
	answers, errs := make([]Compiled, len(shards)), make([]error, len(shards))
	counts := &counter{total: len(req.Jobs), done: make([]int, len(shards)), step: steps.step}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for i, jobs := range shards {
		wg.Go(func() {
			errs[i] = h.askPlain(ctx, dist, main, &conversation{
				op: opCompile, fields: CompileRequest{jobs, req.Optimize}, answer: typeCompiled, result: &answers[i],
				progress: func(p Progress) { counts.set(i, p) },
			})
			if errs[i] != nil {
				cancel() // the others' work is lost anyway
			}
		})
	}
	wg.Wait()
	return merge(answers, errs)
}

// askPlain holds a conversation that needs nothing but pyhelper and the standard
// library. The bytes of a shard depend on neither the order of hashes nor the
// process, so the interpreter is started like every other.
func (h *Helper) askPlain(ctx context.Context, dist *pydist.Dist, main string, c *conversation) (err error) {
	if c.cmd, err = dist.Command(ctx, main); err != nil {
		return err
	}
	return h.hold(ctx, c)
}

// shard divides jobs into at most n parts of nearly equal size.
func shard(jobs []CompileJob, n int) [][]CompileJob {
	n = max(1, min(n, len(jobs)/minShard))
	return slices.Collect(slices.Chunk(jobs, max(1, (len(jobs)+n-1)/n)))
}

// merge puts the answers of the shards together, or returns the error of the
// first one that failed of itself.
func merge(answers []Compiled, errs []error) (*Compiled, error) {
	all := &Compiled{}
	for i, answer := range answers {
		if errs[i] != nil {
			return nil, firstCause(errs)
		}
		all.Count += answer.Count
		all.Failed = append(all.Failed, answer.Failed...)
	}
	slices.SortFunc(all.Failed, func(a, b CompileFailed) int { return strings.Compare(a.Source, b.Source) })
	return all, nil
}

// firstCause prefers an error to the cancellations that followed from it.
func firstCause(errs []error) error {
	var canceled error
	for _, err := range errs {
		if err != nil && err != context.Canceled {
			return err
		}
		if canceled == nil {
			canceled = err
		}
	}
	return canceled
}

// counter adds up the progress of the shards.
type counter struct {
	mu    sync.Mutex
	total int
	done  []int
	step  func(Progress)
}

func (c *counter) set(shard int, p Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[shard] = p.Done
	sum := 0
	for _, n := range c.done {
		sum += n
	}
	c.step(Progress{p.Phase, sum, c.total, p.Text})
}
