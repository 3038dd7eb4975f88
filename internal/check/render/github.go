package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// github writes workflow commands: GitHub Actions shows each as an annotation.
type github struct {
	w         io.Writer
	container *finding.Container
}

var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	githubCommands = map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Note: "notice"}
)

// Config implements finding.Handler.
func (g *github) Config(*finding.Config) error { return nil }

// Container implements finding.Handler.
func (g *github) Container(m *finding.Container) error {
	g.container = m
	return nil
}

// Finding implements finding.Handler. What is known is not shown.
func (g *github) Finding(m *finding.Finding) error {
	if m.Known {
		return nil
	}
	text := m.Text
	if m.Path != "" && g.container.Packed {
		text = m.Path + ": " + text
	}
	_, err := fmt.Fprintf(g.w, "::%s file=%s,title=%s::%s\n", githubCommands[m.Severity],
		githubProperty.Replace(where(g.container, m)), githubProperty.Replace(m.Rule), githubData.Replace(text))
	return err
}

// Verdict implements finding.Handler.
func (g *github) Verdict(*finding.Verdict) error { return nil }

// Summary implements finding.Handler.
func (g *github) Summary(m *finding.Summary) error {
	_, err := fmt.Fprintf(g.w, "%s, %s, %s\n", plural(m.Errors, "error"), plural(m.Warnings, "warning"), plural(m.Notes, "note"))
	return err
}
