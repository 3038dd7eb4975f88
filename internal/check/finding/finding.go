// Package finding is the language of checks: what producers say about executables,
// bundles and wheels, and what renderers are told. A check is one stream of messages
// in this order:
//
//	Config                       once
//	Container                    for each thing that is looked at
//	    Finding …                what is wrong with it, sorted
//	    Verdict                  what it needs of a machine
//	Summary                      once
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Severity says how bad a finding is.
type Severity string

// The severities, the worst first.
const (
	Error   Severity = "error"   // it will not run, or not everywhere it has to
	Warning Severity = "warning" // it may not run, or gives away what it should not
	Note    Severity = "note"    // worth knowing
)

// rank orders severities, the worst highest.
func (s Severity) rank() int {
	switch s {
	case Error:
		return 2
	case Warning:
		return 1
	}
	return 0
}

// AtLeast tells whether s is as bad as limit or worse.
func (s Severity) AtLeast(limit Severity) bool { return s.rank() >= limit.rank() }

// Rule describes what findings of one kind have in common: a page of
// `llgo py check --explain ID`.
type Rule struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	What     string   `json:"what"` // what is wrong, a sentence
	Why      string   `json:"why"`  // why it matters
	Mend     string   `json:"mend"` // how to mend it
	// Limits is what the rule does not see, and when it is silent; "" if that is
	// plain.
	Limits string `json:"limits,omitempty"`
}

// Finding is one thing that is wrong.
type Finding struct {
	Rule      string   `json:"rule"` // the ID of a Rule
	Severity  Severity `json:"severity"`
	Container string   `json:"container"` // the Path of its Container
	Path      string   `json:"path"`      // of a file in the container, with slashes; "" for the whole
	// Subject is what it is about besides the file: a library, a symbol, a module.
	// Rule, Path and Subject together are one finding.
	Subject string `json:"subject"`
	Text    string `json:"text"` // one line
	Known   bool   `json:"known"`
}

// Fingerprint names a finding the same in each run, wherever the container lies.
func (f *Finding) Fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", f.Rule, f.Path, f.Subject))
	return hex.EncodeToString(sum[:16])
}

// Compare orders the findings of a container: by file, the worst first within it.
func Compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Container, b.Container),
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(b.Severity.rank(), a.Severity.rank()),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Subject, b.Subject),
		cmp.Compare(a.Text, b.Text),
	)
}

// Config says what checks and against what.
type Config struct {
	Tool    string `json:"tool"`    // "llgo-py"
	Version string `json:"version"` // of the tool
	Target  string `json:"target"`  // as asked for; "" for none
	FailOn  string `json:"fail_on"` // "error" or "warning"
	Rules   []Rule `json:"rules"`   // all there are, in the order of help
}

// Container is an executable, a bundle or a wheel.
type Container struct {
	Path   string `json:"path"`   // as it was given, or found in a directory that was given
	Kind   string `json:"kind"`   // "onedir", "onefile", "wheel", "binary"
	Packed bool   `json:"packed"` // its files are inside of one file
	Target string `json:"target"` // what it is checked against; "" for nothing
}

// Verdict says what a container needs of the machine it runs on.
type Verdict struct {
	Container string   `json:"container"`
	Platforms []string `json:"platforms"` // "linux x86_64"; several for fat files
	Python    string   `json:"python"`    // of a bundle: "3.14.6"
	Floors    []Floor  `json:"floors"`    // by Name
	Tag       string   `json:"tag"`       // the oldest platform tag that fits: "manylinux_2_17_x86_64"
	Libraries []string `json:"libraries"` // of the machine, by name
	Files     int      `json:"files"`
	Binaries  int      `json:"binaries"`
}

// Floor is the oldest version of something that has all that is asked of it.
type Floor struct {
	Name    string `json:"name"`    // "GLIBC", "GLIBCXX", "macOS"
	Version string `json:"version"` // "2.17"
	Path    string `json:"path"`    // a file that asks for it
	Symbol  string `json:"symbol"`  // and a symbol, where there is one
}

// Summary counts the findings that are not known ones.
type Summary struct {
	Containers int  `json:"containers"`
	Errors     int  `json:"errors"`
	Warnings   int  `json:"warnings"`
	Notes      int  `json:"notes"`
	Known      int  `json:"known"` // in the baseline
	Stale      int  `json:"stale"` // entries of the baseline that nothing was found for
	Failed     bool `json:"failed"`
}

// Add counts a finding.
func (s *Summary) Add(f *Finding) {
	switch {
	case f.Known:
		s.Known++
	case f.Severity == Error:
		s.Errors++
	case f.Severity == Warning:
		s.Warnings++
	default:
		s.Notes++
	}
}

// Handler is told the messages of a check, in their order. A renderer is one.
type Handler interface {
	Config(*Config) error
	Container(*Container) error
	Finding(*Finding) error
	Verdict(*Verdict) error
	Summary(*Summary) error
}

// Tee tells several handlers everything.
type Tee []Handler

// Config implements Handler.
func (t Tee) Config(m *Config) error {
	return t.each(func(h Handler) error { return h.Config(m) })
}

// Container implements Handler.
func (t Tee) Container(m *Container) error {
	return t.each(func(h Handler) error { return h.Container(m) })
}

// Finding implements Handler.
func (t Tee) Finding(m *Finding) error {
	return t.each(func(h Handler) error { return h.Finding(m) })
}

// Verdict implements Handler.
func (t Tee) Verdict(m *Verdict) error {
	return t.each(func(h Handler) error { return h.Verdict(m) })
}

// Summary implements Handler.
func (t Tee) Summary(m *Summary) error {
	return t.each(func(h Handler) error { return h.Summary(m) })
}

func (t Tee) each(tell func(Handler) error) error {
	for _, h := range t {
		if err := tell(h); err != nil {
			return err
		}
	}
	return nil
}

// The rules of `--run`: what they find is found by starting things, not by facts.
const (
	RunImport  = "run-import"  // a bundled module cannot be imported
	RunStart   = "run-start"   // the program does not start
	RunOutput  = "run-output"  // onedir, onefile and unpacked program differ
	RunOutside = "run-outside" // something outside of the bundle was opened
)
