package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// subject is a container as the rules see it, and what they find.
type subject struct {
	*facts.Container
	policy *policy.Policy
	target *policy.Target // nil: nothing was asked for and nothing is promised
	cache  string         // where a one-file program unpacks on the target; "" if not said

	units  []*unit
	byPath map[string]*facts.File // by the path where it is when installed
	at     map[string][]*unit     // likewise
	dirs   map[string]bool        // directories that are not empty; made by exists
	rule   finding.Rule           // the one that is being applied
	found  []finding.Finding
}

// unit is one architecture of a native file.
type unit struct {
	*facts.Image
	file *facts.File
	path string // where it is when installed
	// loads is what each needed library turned out to be, in the order of Needed.
	loads []load
	// loaders are those that load it.
	loaders []*unit
}

func newSubject(c *facts.Container, p *policy.Policy, t *policy.Target, cache string) *subject {
	s := &subject{Container: c, policy: p, target: t, cache: cache, byPath: map[string]*facts.File{}, at: map[string][]*unit{}}
	for i := range c.Files {
		f := &c.Files[i]
		where := s.installed(f.Path)
		s.byPath[where] = f
		if f.Binary == nil {
			continue
		}
		for j := range f.Binary.Images {
			u := &unit{Image: &f.Binary.Images[j], file: f, path: where}
			s.units = append(s.units, u)
			s.at[where] = append(s.at[where], u)
		}
	}
	s.link()
	return s
}

// installed is where an installer puts a file of a wheel: the .data directory spreads
// (PEP 427), all else goes where it is.
func (s *subject) installed(name string) string {
	if s.Kind != facts.Wheel {
		return name
	}
	top, rest, _ := strings.Cut(name, "/")
	if !strings.HasSuffix(top, ".data") {
		return name
	}
	for _, scheme := range []string{"purelib/", "platlib/"} {
		if tail, ok := strings.CutPrefix(rest, scheme); ok {
			return tail
		}
	}
	return name
}

// isBundle tells whether the container is a whole program with its Python.
func (s *subject) isBundle() bool { return s.Kind == facts.Onedir || s.Kind == facts.Onefile }

// places are the directories that a file is opened in: its own, and in layout farm
// those of the links to it, which go first.
func (u *unit) places() []string {
	var list []string
	for _, link := range u.file.Links {
		list = append(list, path.Dir(link))
	}
	return append(list, path.Dir(u.path))
}

// say notes a finding of the rule that is being applied.
func (s *subject) say(file, about, format string, args ...any) {
	s.sayAs(s.rule.Severity, file, about, format, args...)
}

// sayAs notes a finding that is not as bad, or worse, than its rule's usual ones.
func (s *subject) sayAs(severity finding.Severity, file, about, format string, args ...any) {
	s.found = append(s.found, finding.Finding{
		Rule: s.rule.ID, Severity: severity, Container: s.Path, Path: file, Subject: about,
		Text: oneLine(fmt.Sprintf(format, args...)),
	})
}

// apply applies all rules and returns what they found, sorted.
func (s *subject) apply(rules []rule) []finding.Finding {
	for _, r := range rules {
		if r.check != nil {
			s.rule = r.Rule
			r.check(s)
		}
	}
	slices.SortFunc(s.found, finding.Compare)
	return slices.Compact(s.found)
}

// follow returns the file that a path leads to, through symbolic links; nil if none.
func (s *subject) follow(name string) (*facts.File, string) {
	for range 40 { // as many as Linux follows
		f := s.byPath[name]
		if f == nil || f.Target == "" {
			return f, name
		}
		if path.IsAbs(f.Target) {
			return nil, ""
		}
		name = path.Join(path.Dir(name), f.Target)
	}
	return nil, ""
}

// unitAt returns the native file at a path that fits another; nil if there is none.
func (s *subject) unitAt(name string, fits *unit) *unit {
	_, name = s.follow(name)
	for _, u := range s.at[name] {
		if u.Format == fits.Format && u.Arch == fits.Arch {
			return u
		}
	}
	return nil
}

// oneLine makes text from files fit to print: no line breaks, no control characters.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, text)
}

// some names the first of a list and how many more there are.
func some(names []string) string {
	const limit = 3
	if len(names) <= limit {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
}
