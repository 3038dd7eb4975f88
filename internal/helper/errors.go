package helper

import (
	"strings"
)

// Error is a failure that a person can understand and act on.
type Error struct {
	Text      string   `json:"text"`      // one line
	Next      string   `json:"hint"`      // the next command to type, or ""
	Module    string   `json:"module"`    // the Python module it is about, or ""
	Positions []string `json:"positions"` // where the Go program asks for it: "main.go:12:2"
	Missing   []string `json:"missing"`   // Module and others that no installed distribution has
	Output    string   `json:"detail"`    // a traceback, or all that a tool said; or ""
}

// Error is one line without hint and detail.
func (e *Error) Error() string { return e.Text }

// Hint is the next command to type, or nothing.
func (e *Error) Hint() string { return e.Next }

// Detail is what explains the failure to those who want to know more, several
// lines of it, or nothing.
func (e *Error) Detail() string { return e.Output }

// lastLine returns the last line of text that is not blank.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// oneLine joins the lines of text and cuts what is longer than a person reads.
func oneLine(text string) string {
	const limit = 600
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + " …"
	}
	return text
}
