package deb

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"regexp"
	"strings"
)

// Control is what is used of a package's control file (deb-control(5)).
type Control struct {
	Package      string // jq
	Version      string // [epoch:]upstream-version[-revision]
	Architecture string // amd64, all, …
	Source       string // the source package, Package itself if it is not named
	Depends      []string
}

// Debian policy 5.6.1 and 5.6.12.
var (
	packageName    = regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]+$`)
	packageVersion = regexp.MustCompile(`^([0-9]+:)?[A-Za-z0-9.+~-]+(:[A-Za-z0-9.+~-]+)*$`)
	architecture   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
)

// parseControl reads a control file. Its fields are written as those of mail are.
func parseControl(r io.Reader) (Control, error) {
	fields, err := textproto.NewReader(bufio.NewReader(r)).ReadMIMEHeader()
	if err != nil && !(err == io.EOF && len(fields) > 0) {
		return Control{}, fmt.Errorf("control: %w", err)
	}
	c := Control{
		Package: fields.Get("Package"), Version: fields.Get("Version"), Architecture: fields.Get("Architecture"),
		Source: fields.Get("Source"), Depends: dependencies(fields.Get("Depends")),
	}
	if !packageName.MatchString(c.Package) || !packageVersion.MatchString(c.Version) || !architecture.MatchString(c.Architecture) {
		return Control{}, errors.New("control: it names no proper package, version and architecture")
	}
	if c.Source, _, _ = strings.Cut(c.Source, " "); c.Source == "" {
		c.Source = c.Package
	}
	return c, nil
}

// dependencies are the names of the packages in a field Depends, of alternatives
// the first.
func dependencies(field string) []string {
	var names []string
	for _, d := range strings.Split(field, ",") {
		name := strings.TrimSpace(d)
		if i := strings.IndexAny(name, " (|:["); i >= 0 {
			name = name[:i]
		}
		if packageName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names
}

// Licence finds what a copyright file of Debian's says about the package as a
// whole: the licence of its header or of "Files: *", by the short name that is used
// there; "" for files that are not machine-readable (copyright-format/1.0).
func Licence(copyright io.Reader) string {
	r := textproto.NewReader(bufio.NewReader(io.LimitReader(copyright, 1<<20)))
	for first := true; ; first = false {
		fields, err := r.ReadMIMEHeader()
		if first && !strings.Contains(fields.Get("Format"), "copyright-format") {
			return ""
		}
		if name := synopsis(fields.Get("License")); name != "" && (first || fields.Get("Files") == "*") {
			return name
		}
		if err != nil {
			return ""
		}
	}
}

// synopsis is the first line of a field License: a name, or several with "and" or
// "or" between them. The reader has joined the lines, so that a text follows it.
func synopsis(licence string) string {
	words := strings.Fields(licence)
	n := min(1, len(words))
	for n > 0 && n+1 < len(words) && (words[n] == "and" || words[n] == "or") {
		n += 2
	}
	return strings.Join(words[:n], " ")
}
