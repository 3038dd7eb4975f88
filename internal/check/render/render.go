// Package render writes the messages of a check for people and for machines: text,
// typed JSON lines, SARIF 2.1.0, JUnit XML, and the annotations of GitHub Actions.
//
// A renderer is told the messages in their order (see internal/check/finding) and
// writes the same bytes for the same messages: no time, no host, no random number.
package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// formats are the renderers, by the name that --format knows them by.
var formats = map[string]func(io.Writer) finding.Handler{
	"text":   func(w io.Writer) finding.Handler { return &text{w: w} },
	"json":   func(w io.Writer) finding.Handler { return newJSON(w) },
	"sarif":  func(w io.Writer) finding.Handler { return &sarif{w: w} },
	"junit":  func(w io.Writer) finding.Handler { return &junit{w: w} },
	"github": func(w io.Writer) finding.Handler { return &github{w: w} },
}

// Formats returns the names of the formats, sorted.
func Formats() []string {
	var names []string
	for name := range formats {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// New returns the renderer of a format that writes to w.
func New(format string, w io.Writer) (finding.Handler, error) {
	make, ok := formats[format]
	if !ok {
		return nil, fmt.Errorf("no format %q: it is one of %s", format, strings.Join(Formats(), ", "))
	}
	return make(w), nil
}

// where is the file of a finding as a person would open it: in a directory that is
// a path of its own, in a packed file the container's path.
func where(c *finding.Container, f *finding.Finding) string {
	if f.Path == "" || c.Packed {
		return c.Path
	}
	return strings.TrimSuffix(c.Path, "/") + "/" + f.Path
}

// plural counts things in English.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
