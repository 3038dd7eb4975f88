package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// baselineVersion is that of the file's form, baselineFile.
const baselineVersion = 1

// baselineFile is a list of findings that are known and accepted.
type baselineFile struct {
	Version  int     `json:"version"`
	Findings []known `json:"findings"`
}

// known is a finding that is accepted. Container, Path and Subject are shell patterns
// (path.Match): "numpy-*.whl" accepts it in every version.
type known struct {
	Rule      string `json:"rule"`
	Container string `json:"container"` // the last name of its path
	Path      string `json:"path"`
	Subject   string `json:"subject"`
	Why       string `json:"why,omitempty"` // for people
}

// Baseline is the content of a baseline file, and which of it was found again.
type Baseline struct {
	entries []known
	met     []bool
}

// ReadBaseline reads a baseline file.
func ReadBaseline(name string) (*Baseline, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var f baselineFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("%s: not a baseline: %w", name, err)
	}
	if f.Version != baselineVersion {
		return nil, fmt.Errorf("%s: version %d of a baseline, and this program knows %d", name, f.Version, baselineVersion)
	}
	for i, k := range f.Findings {
		for _, pattern := range []string{k.Container, k.Path, k.Subject} {
			if _, err := path.Match(pattern, ""); err != nil {
				return nil, fmt.Errorf("%s: finding %d has a bad pattern: %q", name, i+1, pattern)
			}
		}
	}
	return &Baseline{f.Findings, make([]bool, len(f.Findings))}, nil
}

// Knows tells whether a finding is accepted. A nil Baseline knows nothing.
func (b *Baseline) Knows(f *finding.Finding) bool {
	if b == nil {
		return false
	}
	found := false
	for i, k := range b.entries {
		if k.Rule == f.Rule && match(k.Container, base(f.Container)) && match(k.Path, f.Path) && match(k.Subject, f.Subject) {
			b.met[i], found = true, true
		}
	}
	return found
}

// Stale counts the entries that nothing was found for: they can go.
func (b *Baseline) Stale() int {
	if b == nil {
		return 0
	}
	n := 0
	for _, met := range b.met {
		if !met {
			n++
		}
	}
	return n
}

func match(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// base is the name of a container in a baseline, which does not say where it lies.
func base(container string) string {
	abs, err := filepath.Abs(container) // "." has a name too
	if err != nil {
		abs = container
	}
	return filepath.Base(abs)
}

// NewBaselineWriter returns a handler that writes all findings to w as a baseline, at
// the end of the check.
func NewBaselineWriter(w io.Writer) finding.Handler { return &baselineWriter{w: w} }

type baselineWriter struct {
	w        io.Writer
	findings []known
}

func (b *baselineWriter) Config(*finding.Config) error       { return nil }
func (b *baselineWriter) Container(*finding.Container) error { return nil }
func (b *baselineWriter) Verdict(*finding.Verdict) error     { return nil }

func (b *baselineWriter) Finding(f *finding.Finding) error {
	b.findings = append(b.findings, known{f.Rule, escape(base(f.Container)), escape(f.Path), escape(f.Subject), f.Text})
	return nil
}

func (b *baselineWriter) Summary(*finding.Summary) error {
	enc := json.NewEncoder(b.w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(baselineFile{baselineVersion, slices.Concat([]known{}, b.findings)})
}

// escape makes a name a pattern that matches it alone.
func escape(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}
