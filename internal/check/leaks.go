package check

import (
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func leakRules() []rule {
	return []rule{{finding.Rule{
		ID: "build-path", Severity: finding.Warning,
		What: "A file has a path of the machine it was built on, with the name of a user or a directory there.",
		Why:  "It tells strangers who built it and how their disk is laid out; two builds of the same sources differ; and now and then something looks there at run time.",
		Mend: "Build Go with -trimpath (llgo build does when it packages), C with -ffile-prefix-map=$PWD=., Rust with --remap-path-prefix.",
		Limits: "Paths of users and of temporary and build directories. What the files of CPython and of distributions say is a note: they came like that, from the machine of whoever published them. A file directly in /tmp is taken for an example. " +
			"Text that is meant to have a path (a test's data) looks the same.",
	}, (*subject).buildPath}}
}

func (s *subject) buildPath() {
	foreign := map[string]bool{}
	if s.Manifest != nil {
		for _, e := range s.Manifest.Files {
			foreign[e.Path] = e.Origin == bundle.FromDistribution || e.Origin == bundle.FromCPython
		}
		for _, m := range s.Manifest.Modules {
			foreign[m.Path] = m.Origin == bundle.FromDistribution || m.Origin == bundle.FromCPython
		}
		foreign[s.Manifest.ModuleFile] = true // what is left to it is said by sources
	}
	for _, f := range slices.Concat(s.Files, s.Mapped) {
		severity := s.rule.Severity
		if foreign[f.Path] || s.Kind == facts.Wheel {
			severity = finding.Note
		}
		for _, group := range byRoot(slices.DeleteFunc(slices.Clone(f.Mentions), isExample)) {
			m := group[0]
			more := ""
			if len(group) > 1 {
				more = " and other paths there"
			}
			s.sayAs(severity, f.Path, root(m.Path), "names %s%s, at byte %d", m.Path, more, m.Offset)
		}
	}
}

// isExample tells of paths that stand in documentation or are made up at run time, as
// far as one can tell: /tmp/x, /tmp/perf-%d.map, "/tmp/...".
func isExample(m facts.Mention) bool {
	temporary := isBelow(m.Path, "/tmp", "/var/tmp")
	if isBelow(m.Path, "/tmp/.X11-unix", "/tmp/.XIM-unix", "/tmp/.ICE-unix") { // sockets of X, the same everywhere
		return true
	}
	return strings.Contains(m.Path, "...") || temporary && (strings.Contains(m.Path, "%") || strings.Count(m.Path, "/") < 3)
}

// root is what a person recognises a path by: its first two names.
func root(p string) string {
	parts := strings.SplitN(p, "/", 4)
	if len(parts) > 3 {
		parts = parts[:3]
	}
	return strings.Join(parts, "/")
}

// byRoot groups mentions, so that a file with a thousand paths is one finding.
func byRoot(mentions []facts.Mention) [][]facts.Mention {
	var groups [][]facts.Mention
	at := map[string]int{}
	for _, m := range mentions {
		r := root(m.Path)
		i, ok := at[r]
		if !ok {
			i = len(groups)
			at[r] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], m)
	}
	return groups
}
