package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// This file holds every rule of output to people:
//
//   - all of it goes to stderr, prefixed "llgo: ", lower case, no full stop;
//     stdout belongs to -json and to help that was asked for;
//   - an error is one line that says what failed, on which file, and a second,
//     indented one with what to type next where there is such a thing;
//   - long work shows a bar on a terminal and one plain line elsewhere;
//   - with -json nothing else is printed on stdout: one JSON object per line,
//     each with a "type".

// ui prints for people or, with events set, for machines.
type ui struct {
	mu      sync.Mutex
	out     io.Writer // people; os.Stderr
	events  io.Writer // machines; nil without -json
	bars    bool      // out is a terminal
	verbose bool
	tasks   []*task   // under way, the newest last: only that one is drawn
	spin    sync.Once // starts spinning
}

func newUI(jsonEvents, verbose bool) *ui {
	u := &ui{out: os.Stderr, verbose: verbose}
	if jsonEvents {
		u.events = os.Stdout
		return u
	}
	u.bars = term.IsTerminal(int(os.Stderr.Fd()))
	return u
}

// event prints one line for machines; it reports whether there are any.
func (u *ui) event(fields map[string]any) bool {
	if u.events == nil {
		return false
	}
	line, err := json.Marshal(fields)
	if err == nil {
		_, _ = u.events.Write(append(line, '\n'))
	}
	return true
}

// line prints one line for people, above the bar if there is one.
func (u *ui) line(format string, args ...any) {
	u.clear()
	fmt.Fprintf(u.out, "llgo: %s\n", fmt.Sprintf(format, args...))
}

func (u *ui) clear() {
	for _, t := range u.tasks {
		if t.bar != nil {
			_ = t.bar.Clear()
		}
	}
}

// Warn implements progress.Reporter.
func (u *ui) Warn(text string) { u.say("warning", "warning: ", text) }

// Note implements progress.Reporter.
func (u *ui) Note(text string) { u.say("note", "", text) }

func (u *ui) say(kind, prefix, text string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.event(map[string]any{"type": kind, "text": text}) {
		u.line("%s%s", prefix, text)
	}
}

// hinted is an error that knows what to type next.
type hinted interface{ Hint() string }

// detailed is an error with more to tell under -v.
type detailed interface{ Detail() string }

// Error prints err.
func (u *ui) Error(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var hint, detail string
	var h hinted
	if errors.As(err, &h) {
		hint = h.Hint()
	}
	var d detailed
	if errors.As(err, &d) && u.verbose {
		detail = strings.TrimRight(d.Detail(), "\n")
	}
	if u.event(map[string]any{"type": "error", "text": err.Error(), "hint": hint, "detail": detail}) {
		return
	}
	for _, text := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		u.line("%s", text)
	}
	if detail != "" {
		fmt.Fprintln(u.out, detail)
	}
	if hint != "" {
		fmt.Fprintf(u.out, "      %s\n", hint)
	}
}

// Phase implements progress.Reporter.
func (u *ui) Phase(name string, total int) progress.Task {
	u.mu.Lock()
	defer u.mu.Unlock()
	t := &task{ui: u, name: name, total: total, start: time.Now()}
	if !u.event(map[string]any{"type": "progress", "phase": name, "done": 0, "total": total}) {
		t.show()
	}
	u.tasks = append(u.tasks, t)
	if u.bars {
		u.spin.Do(func() { go u.spinning() })
	}
	return t
}

// spinning keeps a phase of unknown length moving. The bars' own spinners are
// off: each draws whenever it likes, and two would fight for one line.
func (u *ui) spinning() {
	for range time.Tick(120 * time.Millisecond) {
		u.mu.Lock()
		if n := len(u.tasks); n > 0 && u.tasks[n-1].total == 0 {
			_ = u.tasks[n-1].bar.Add(1)
		}
		u.mu.Unlock()
	}
}

// task is a phase on the screen.
type task struct {
	ui    *ui
	name  string
	total int
	start time.Time
	bar   *progressbar.ProgressBar
	ended bool
}

func (t *task) show() {
	if !t.ui.bars {
		t.ui.line("%s", t.name)
		return
	}
	t.ui.clear()
	total := int64(t.total)
	if total == 0 {
		total = -1 // a spinner
	}
	t.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(t.ui.out),
		progressbar.OptionSetDescription("llgo: "+t.name),
		progressbar.OptionThrottle(65*time.Millisecond),
		progressbar.OptionSetWidth(24),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetSpinnerChangeInterval(0),
	)
	_ = t.bar.RenderBlank()
}

// Step implements progress.Task.
func (t *task) Step(done int, text string) {
	t.ui.mu.Lock()
	defer t.ui.mu.Unlock()
	if t.ended || t.ui.event(map[string]any{"type": "progress", "phase": t.name, "done": done, "total": t.total, "text": text}) {
		return
	}
	if t.bar != nil && t.total > 0 && t == t.ui.tasks[len(t.ui.tasks)-1] {
		_ = t.bar.Set(done)
	}
}

// Done implements progress.Task.
func (t *task) Done() {
	t.ui.mu.Lock()
	defer t.ui.mu.Unlock()
	if t.ended {
		return
	}
	t.ended = true
	for i, other := range t.ui.tasks {
		if other == t {
			t.ui.tasks = append(t.ui.tasks[:i:i], t.ui.tasks[i+1:]...)
			break
		}
	}
	if t.bar != nil {
		_ = t.bar.Finish()
		_ = t.bar.Clear()
	}
}
