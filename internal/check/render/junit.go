package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// junit writes a test suite for each container with a test case for each rule, so
// that a CI server shows what was checked as well as what was found.
type junit struct {
	w      io.Writer
	rules  []finding.Rule
	failOn finding.Severity
	suites junitSuites
	found  map[string][]*finding.Finding // of the container under way, by rule
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Skipped *junitSkipped `xml:"skipped,omitempty"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// Config implements finding.Handler.
func (j *junit) Config(m *finding.Config) error {
	j.rules, j.failOn = m.Rules, finding.Severity(m.FailOn)
	j.suites.Name = m.Tool + " check"
	return nil
}

// Container implements finding.Handler.
func (j *junit) Container(m *finding.Container) error {
	j.suites.Suites = append(j.suites.Suites, junitSuite{Name: m.Path})
	j.found = map[string][]*finding.Finding{}
	return nil
}

// Finding implements finding.Handler.
func (j *junit) Finding(m *finding.Finding) error {
	j.found[m.Rule] = append(j.found[m.Rule], m)
	return nil
}

// Verdict implements finding.Handler: it ends the container.
func (j *junit) Verdict(*finding.Verdict) error {
	suite := &j.suites.Suites[len(j.suites.Suites)-1]
	for _, r := range j.rules {
		suite.Cases = append(suite.Cases, j.testCase(suite, r.ID))
	}
	suite.Tests = len(suite.Cases)
	j.suites.Tests += suite.Tests
	j.suites.Failures += suite.Failures
	return nil
}

// testCase is what one rule found: a failure if any of it counts, skipped if all of
// it is known.
func (j *junit) testCase(suite *junitSuite, rule string) junitCase {
	c := junitCase{Name: rule, Class: suite.Name}
	var text strings.Builder
	var worst *finding.Finding
	known := 0
	for _, f := range j.found[rule] {
		fmt.Fprintf(&text, "%s: %s: %s\n", f.Severity, f.Path, f.Text)
		if f.Known {
			known++
		} else if f.Severity.AtLeast(j.failOn) && worst == nil {
			worst = f
		}
	}
	switch {
	case worst != nil:
		c.Failure = &junitFailure{worst.Text, string(worst.Severity), text.String()}
		suite.Failures++
	case known > 0 && known == len(j.found[rule]):
		c.Skipped = &junitSkipped{"in the baseline"}
		suite.Skipped++
	default:
		c.Output = text.String()
	}
	return c
}

// Summary implements finding.Handler.
func (j *junit) Summary(*finding.Summary) error {
	if _, err := io.WriteString(j.w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(j.w)
	enc.Indent("", "  ")
	if err := enc.Encode(j.suites); err != nil {
		return err
	}
	_, err := io.WriteString(j.w, "\n")
	return err
}
