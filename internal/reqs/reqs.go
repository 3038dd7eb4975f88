// Package reqs reads requirements as far as it takes to tell whether two lists of
// them ask for the same: requirements files with what they include, and the names
// in requirements (PEP 508). What they mean is uv's to say.
package reqs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/pylock"
)

// Line is a requirement or an option of a requirements file.
type Line struct {
	Text       string // without comment, on one line
	Constraint bool   // it limits versions only
}

// File returns the lines of a requirements file and, in their places, of the
// files that it includes with -r and -c. What lies behind a URL stays a line.
func File(path string) ([]Line, error) { return readFile(path, false, make(map[string]bool)) }

func readFile(path string, constraint bool, seen map[string]bool) ([]Line, error) {
	if seen[path] {
		return nil, nil
	}
	seen[path] = true
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the requirements: %w", err)
	}
	var all []Line
	for _, text := range logicalLines(string(data)) {
		name, limits := includes(text)
		if name == "" || strings.Contains(name, "://") {
			all = append(all, Line{text, constraint})
			continue
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		more, err := readFile(name, constraint || limits, seen)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// comments begin a line or follow a blank, as pip reads them.
var comments = regexp.MustCompile(`(^|\s)#.*$`)

// logicalLines are the lines of a requirements file that say something, those
// that end with a backslash joined with the next.
func logicalLines(text string) []string {
	var all []string
	var open string
	for line := range strings.Lines(text) {
		line = comments.ReplaceAllString(strings.TrimRight(line, "\r\n"), "")
		rest, continued := strings.CutSuffix(line, `\`)
		open += rest
		if continued {
			open += " "
			continue
		}
		if joined := strings.Join(strings.Fields(open), " "); joined != "" {
			all = append(all, joined)
		}
		open = ""
	}
	if joined := strings.Join(strings.Fields(open), " "); joined != "" {
		all = append(all, joined)
	}
	return all
}

// includes returns the file that a line of a requirements file includes ("-r F",
// "-rF", "--requirement F", "--requirement=F", the same with -c and
// --constraint), and whether it only limits versions.
func includes(line string) (name string, constraint bool) {
	for _, option := range []string{"--requirement", "--constraint", "-r", "-c"} {
		if rest, ok := strings.CutPrefix(line, option); ok {
			return strings.Trim(strings.TrimLeft(rest, "= "), `"'`), strings.Contains(option, "-c")
		}
	}
	return "", false
}

var hashOption = regexp.MustCompile(`\s--hash[= ]\S+`)

// Canonical is the line as the record of a lock has it: the hashes of one line
// are one short hash, and credentials are hidden.
func (l Line) Canonical() string {
	text := HideCredentials(l.Text)
	if hashes := hashOption.FindAllString(text, -1); hashes != nil {
		sum := sha256.Sum256([]byte(strings.Join(hashes, "")))
		text = hashOption.ReplaceAllString(text, "") + " --hash=" + hex.EncodeToString(sum[:8])
	}
	if l.Constraint {
		return "-c " + text
	}
	return text
}

var (
	named = regexp.MustCompile(`^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:$|[\[(<>=!~;@])`)
	egg   = regexp.MustCompile(`[#&]egg=([A-Za-z0-9._-]+)`)
)

// Name is the normalised name of the distribution that a requirement asks for,
// "" where it does not say one: "./lib", "-e .", "https://…/x.whl".
func Name(requirement string) string {
	if m := named.FindStringSubmatch(strings.TrimSpace(requirement)); m != nil {
		return pylock.Normalise(m[1])
	}
	if m := egg.FindStringSubmatch(requirement); m != nil {
		return pylock.Normalise(m[1])
	}
	return ""
}

// IsName tells whether a requirement is nothing but a name.
func IsName(requirement string) bool {
	m := named.FindStringSubmatch(strings.TrimSpace(requirement))
	return m != nil && m[1] == strings.TrimSpace(requirement)
}
