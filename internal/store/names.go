package store

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// InvalidError says what of an entry cannot be kept.
type InvalidError struct{ Entry, Text string }

func (e *InvalidError) Error() string { return e.Entry + ": " + e.Text }

func compare(a, b string) int { return strings.Compare(a, b) }

// maxName leaves room for a hash in the name of a directory.
const maxName = 110

// check looks at everything of an entry that becomes a name on the disk.
func (e *Entry) check() error {
	for what, s := range map[string]string{"name": e.Name, "version": e.Version} {
		if problem := badName(s); problem != "" {
			return e.invalid("%s %q %s", what, s, problem)
		}
	}
	seen := map[string]bool{} // true: a file; false: a directory
	for i := range e.Files {
		f := &e.Files[i]
		if problem := badPath(f.Path); problem != "" {
			return e.invalid("file name %q %s", f.Path, problem)
		}
		if i > 0 && e.Files[i-1].Path >= f.Path {
			return e.invalid("%s is listed twice, or out of order", f.Path)
		}
		if problem := f.problem(); problem != "" {
			return e.invalid("%s %s", f.Path, problem)
		}
		seen[f.Path] = true
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if seen[dir] {
				return e.invalid("%s is both a file and a directory", dir)
			}
		}
	}
	return nil
}

func (e *Entry) invalid(format string, args ...any) error {
	name := e.Name
	if badName(name) != "" {
		name = "an entry"
	}
	return &InvalidError{name, fmt.Sprintf(format, args...)}
}

// problem is what is wrong with a file besides its path.
func (f *File) problem() string {
	_, isHash := f.Object.bytes()
	switch {
	case f.Link == "" && !isHash:
		return "has no content"
	case f.Link != "" && (f.Object != "" || f.Native != nil || f.Executable):
		return "is a link and a file"
	case f.Link != "" && !staysInside(f.Path, f.Link):
		return "leads out of the entry, to " + f.Link
	}
	return ""
}

// staysInside tells whether a link leads to a place in its entry. The steps up come
// first: after a name, which may itself be a link, they would lead up from elsewhere.
func staysInside(name, target string) bool {
	if path.IsAbs(target) || strings.ContainsFunc(target, unicode.IsControl) {
		return false
	}
	end := path.Join(path.Dir(name), target)
	if climbsLate(target) {
		return false
	}
	return end != ".." && !strings.HasPrefix(end, "../")
}

func climbsLate(target string) bool {
	named := false
	for _, step := range strings.Split(target, "/") {
		if step == ".." && named {
			return true
		}
		named = named || step != ".." && step != "." && step != ""
	}
	return false
}

// badName says why a name or version cannot be part of an ID, "" if it can.
func badName(s string) string {
	switch {
	case s == "":
		return "is empty"
	case len(s) > maxName:
		return fmt.Sprintf("is longer than %d bytes", maxName)
	case strings.ContainsAny(s, ",/\\") || s[0] == '.' || s[0] == '-':
		return "has a comma or slash in it, or begins with a dot or dash"
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		return "has characters in it that do not print"
	}
	return ""
}

// badPath says why a path cannot be one of an entry, "" if it can.
func badPath(s string) string {
	switch {
	case !fs.ValidPath(s) || s == ".":
		return "is no clean relative path"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "has control characters in it"
	}
	return ""
}
