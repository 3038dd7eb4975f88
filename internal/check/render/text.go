package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// text is for people: a heading for each container, its findings by file, what it
// needs of a machine, and in the end the counts and what to type next.
type text struct {
	w      io.Writer
	config *finding.Config
	file   string // the one whose findings are being printed
	first  string // the rule of the first finding
	found  bool   // in this container
}

// Config implements finding.Handler.
func (t *text) Config(m *finding.Config) error {
	t.config = m
	return nil
}

// Container implements finding.Handler.
func (t *text) Container(m *finding.Container) error {
	t.file, t.found = "", false
	against := ""
	if m.Target != "" {
		against = ", checked against " + m.Target
	}
	_, err := fmt.Fprintf(t.w, "%s (%s%s)\n", m.Path, m.Kind, against)
	return err
}

// Finding implements finding.Handler.
func (t *text) Finding(m *finding.Finding) error {
	if m.Known {
		return nil
	}
	w := bufio.NewWriter(t.w)
	if m.Path != t.file {
		t.file = m.Path
		fmt.Fprintf(w, "  %s\n", m.Path)
	}
	if t.first == "" {
		t.first = m.Rule
	}
	t.found = true
	indent := "    "
	if m.Path == "" {
		indent = "  "
	}
	fmt.Fprintf(w, "%s%s: %s [%s]\n", indent, m.Severity, m.Text, m.Rule)
	return w.Flush()
}

// Verdict implements finding.Handler.
func (t *text) Verdict(m *finding.Verdict) error {
	w := bufio.NewWriter(t.w)
	if !t.found {
		fmt.Fprintf(w, "  nothing found in %s, %s\n", plural(m.Files, "file"), plural(m.Binaries, "native one"))
	}
	if needs := needs(m); needs != "" {
		fmt.Fprintf(w, "  needs %s\n", needs)
	}
	for _, f := range m.Floors {
		by := f.Path
		if f.Symbol != "" {
			by += ": " + f.Symbol
		}
		fmt.Fprintf(w, "    %s %s or later  (%s)\n", f.Name, f.Version, by)
	}
	if len(m.Libraries) > 0 {
		fmt.Fprintf(w, "    of the machine: %s\n", strings.Join(m.Libraries, ", "))
	}
	return w.Flush()
}

// needs is the first line of a verdict.
func needs(m *finding.Verdict) string {
	s := strings.Join(m.Platforms, ", ")
	if m.Tag != "" {
		s += ", fits " + m.Tag
	}
	if m.Python != "" {
		s += ", brings CPython " + m.Python
	}
	return s
}

// Summary implements finding.Handler.
func (t *text) Summary(m *finding.Summary) error {
	w := bufio.NewWriter(t.w)
	known := ""
	if m.Known > 0 {
		known = fmt.Sprintf(" (and %d in the baseline)", m.Known)
	}
	fmt.Fprintf(w, "%s, %s, %s in %s checked%s\n", plural(m.Errors, "error"), plural(m.Warnings, "warning"),
		plural(m.Notes, "note"), plural(m.Containers, "thing"), known)
	if m.Stale > 0 {
		fmt.Fprintf(w, "%s of the baseline can go: nothing was found for them\n", plural(m.Stale, "line"))
	}
	if t.first != "" {
		fmt.Fprintf(w, "    llgo py check --explain %s\n", t.first)
	}
	return w.Flush()
}
