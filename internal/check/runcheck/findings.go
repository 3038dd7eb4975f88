package runcheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// Findings judges what was found when c was run; goos is the system it ran on.
func (r *Runner) Findings(c *facts.Container, s *Subject, p *policy.Policy, goos string) []finding.Finding {
	j := judge{c: c}
	for i := range s.Modules {
		j.module(&s.Modules[i])
	}
	j.start(&s.Starts[0])
	for _, o := range s.Opened {
		if !p.MayOpen(o.Path, goos) {
			j.opened(o)
		}
	}
	for _, d := range r.result.Differences {
		if d.B == s.Path {
			j.difference(d, r.varies(d))
		}
	}
	return j.found
}

// A judge makes findings about one container.
type judge struct {
	c     *facts.Container
	found []finding.Finding
}

func (j *judge) add(rule string, severity finding.Severity, path, subject, text string) {
	j.found = append(j.found, finding.Finding{
		Rule: rule, Severity: severity, Container: j.c.Path, Path: path, Subject: subject, Text: text,
	})
}

// module judges the import of one module. Of a module that nothing imports for certain,
// a missing one is not known to be missed: tests want pytest.
func (j *judge) module(m *Module) {
	severity := finding.Note
	switch m.Outcome {
	case OK, Skipped, OtherSystem:
		return
	case MissingLibrary, MissingSymbol:
		severity = finding.Error
	case Crashed, TimedOut:
		severity = finding.Warning
	case MissingModule:
		severity = finding.Warning
		if j.isWanted(m.Name) {
			severity = finding.Error
		}
	}
	text := fmt.Sprintf("%s cannot be imported (%s)", m.Name, m.Outcome)
	if m.Text != "" {
		text += ": " + m.Text
	}
	j.add(finding.RunImport, severity, "", m.Name, text)
}

// isWanted tells whether a module of the bundle imports the name in any case.
func (j *judge) isWanted(name string) bool {
	for i := range j.c.Modules {
		for _, imp := range j.c.Modules[i].Imports {
			certain := !imp.Guarded && !imp.Delayed && !imp.Conditional
			if certain && (imp.Module == name || slices.Contains(imp.Names, strings.TrimPrefix(name, imp.Module+"."))) {
				return true
			}
		}
	}
	return false
}

func (j *judge) start(s *Start) {
	switch {
	case s.TimedOut:
		return // it runs
	case s.Error != "" || s.Signal != "":
		j.add(finding.RunStart, finding.Error, j.c.Program, "", s.end()+lastLine(s.Stderr))
	case s.Code != 0:
		// It may want arguments, and says so by its code.
		j.add(finding.RunStart, finding.Warning, j.c.Program, "", s.end()+lastLine(s.Stderr))
	}
}

// lastLine is the last line of an output, after a colon.
func lastLine(text string) string {
	const longest = 300
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" {
		return ""
	}
	if len(last) > longest {
		last = strings.ToValidUTF8(last[:longest], "") + "…"
	}
	return ": " + last
}

func (j *judge) opened(o Opened) {
	text := o.Path + " was opened, which is outside of the bundle (seen by " + o.By
	if o.Module != "" {
		text += ", while " + o.Module + " was imported"
	}
	j.add(finding.RunOutside, finding.Warning, "", o.Path, text+")")
}

// difference judges what two starts do not have in common. A program that says something
// else each time cannot be compared with another form of itself.
func (j *judge) difference(d Difference, varies bool) {
	if d.A == d.B {
		j.add(finding.RunOutput, finding.Note, j.c.Program, d.What, fmt.Sprintf("%s differs from one start to the next: %s", d.What, d.Text))
		return
	}
	severity := finding.Error
	if varies {
		severity = finding.Note
	}
	j.add(finding.RunOutput, severity, j.c.Program, cmp.Or(d.What, "output"), fmt.Sprintf("%s differs from that of %s: %s", d.What, d.A, d.Text))
}

// varies tells whether one of the two programs differs from itself in the same thing.
func (r *Runner) varies(d Difference) bool {
	return slices.ContainsFunc(r.result.Differences, func(own Difference) bool {
		return own.A == own.B && own.What == d.What && (own.A == d.A || own.A == d.B)
	})
}
