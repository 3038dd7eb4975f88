// Package progress is how long work tells what it is doing.
//
// Packages that download, analyse or copy report to a Reporter; they never
// print. internal/cli has the one implementation that does, as a bar on a
// terminal, as plain lines elsewhere and as JSON for machines. Tests use Discard.
package progress

// Reporter receives what long work has to say. It may be called from several
// goroutines.
type Reporter interface {
	// Phase begins a piece of work of total steps and returns its Task. The name
	// is shown to people ("download CPython 3.14.6"). A total of 0 means that
	// nobody knows yet how much there is to do.
	Phase(name string, total int) Task
	// Warn tells of something that did not stop the work and may surprise later.
	Warn(text string)
	// Note tells of a decision worth knowing about ("using CPython 3.14.6").
	Note(text string)
}

// Task is one phase under way.
type Task interface {
	// Step says that done of the phase's steps are finished, counted from its
	// beginning, and names what is being worked on. The text may be empty.
	Step(done int, text string)
	// Done ends the phase, whether it was finished or given up. Calls after the
	// first do nothing.
	Done()
}

// Discard is the Reporter that keeps silent.
var Discard Reporter = discard{}

type discard struct{}

func (discard) Phase(string, int) Task { return discard{} }
func (discard) Warn(string)            {}
func (discard) Note(string)            {}
func (discard) Step(int, string)       {}
func (discard) Done()                  {}
