package runcheck

import (
	"time"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// Options of a Runner.
type Options struct {
	Args     []string // of the programs
	Reporter progress.Reporter
	Timeout  time.Duration // for one start of a program; 0: 60 s
	Import   time.Duration // for the import of one module; 0: 60 s
	// NoModules leaves the modules alone and only starts the programs.
	NoModules bool
}

// Result is what happened, in the order of the runs.
type Result struct {
	Subjects []Subject
	// Differences are those between the first form of a program that was started and
	// each other one, and between two starts of one.
	Differences []Difference
	Notes       []string // what could not be done and why, one line each
}

// A Subject is one container that was run.
type Subject struct {
	Path    string   // of the container
	Modules []Module // all that it has, sorted by name
	Starts  []Start  // the first as on a new machine, the second when it was unpacked
	Opened  []Opened // sorted by path

	program program
}

// Outcome is how the import of a module ended.
type Outcome string

// The outcomes. Those that say "missing" are faults of the bundle; the others depend on
// the module: some want a display, another system, or arguments.
const (
	OK             Outcome = "ok"
	MissingModule  Outcome = "missing module"
	MissingLibrary Outcome = "missing library"
	MissingSymbol  Outcome = "missing symbol"
	OtherSystem    Outcome = "other system" // it wants a module that only Windows or macOS has
	Failed         Outcome = "error"        // any other exception
	Crashed        Outcome = "crash"        // the process ended
	TimedOut       Outcome = "timeout"
	Skipped        Outcome = "skipped" // its import does something: __main__, antigravity
)

// Module is the import of one module.
type Module struct {
	Name    string
	Outcome Outcome
	Missing string // the module or library that is missing
	Text    string // one line: "ModuleNotFoundError: No module named 'yaml'"
}

// Start is one start of a program.
type Start struct {
	Code     int    // exit code; -1 if it was killed or did not start
	Signal   string // that ended it: "segmentation fault"
	TimedOut bool   // it was still running when the time was over
	Stdout   string // its beginning, at most 1 MiB
	Stderr   string // likewise
	Error    string // why it could not be started, one line
	Took     time.Duration
}

// Opened is a file that was opened and lies outside of bundle, HOME, working directory.
type Opened struct {
	Path   string // absolute
	By     string // "audit hook" or "strace"
	Module string // the first that was being imported when it was opened, if any
}

// Difference is something that two starts do not have in common.
type Difference struct {
	A, B string // what was started: paths of containers
	What string // "stdout", "stderr", "exit"
	Text string // one line: the first line that differs, or both exits
}
