package helper

import (
	"sync"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// phases turns the progress messages of one operation into a task. The total may
// become known, or known better, on the way: then the task begins anew.
type phases struct {
	rep   progress.Reporter
	title string

	mu    sync.Mutex
	task  progress.Task
	total int
}

func (p *phases) step(m Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.task == nil || p.total != m.Total {
		p.end()
		p.task, p.total = p.rep.Phase(p.title, m.Total), m.Total
	}
	p.task.Step(m.Done, m.Text)
}

func (p *phases) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

func (p *phases) end() {
	if p.task != nil {
		p.task.Done()
		p.task = nil
	}
}
