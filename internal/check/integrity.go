package check

import (
	"fmt"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func integrityRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "file-missing", Severity: finding.Error,
			What: "A file that the manifest (in a wheel: RECORD) names is not there.",
			Why:  "Something was lost on the way: an incomplete copy, an artifact step that leaves out empty or hidden files, a clean-up.",
			Mend: "Build, or copy, again. Archives keep everything: tar, or --py-onefile.",
		}, func(s *subject) { s.changes(bundle.Missing) }},
		{finding.Rule{
			ID: "file-changed", Severity: finding.Error,
			What: "A file is not what the manifest (in a wheel: RECORD) says: other content, size, type or mode.",
			Why:  "It is not what was built and tested. Line ends converted by a version control system, stripped binaries, a virus scanner, an attack: all look like this.",
			Mend: "Build, or copy, again. What changes files on purpose (strip, codesign) belongs in front of the packaging.",
		}, func(s *subject) { s.changes(bundle.Changed) }},
		{finding.Rule{
			ID: "file-added", Severity: finding.Warning,
			What: "A file below python/ is not in the manifest, or a file of a wheel not in its RECORD.",
			Why:  "Nobody built it. Python imports it all the same, even instead of a module of the standard library.",
			Mend: "Remove it, or build again with what it comes from.",
		}, func(s *subject) { s.changes(bundle.Added) }},
		{finding.Rule{
			ID: "payload-damaged", Severity: finding.Error,
			What: "The archive in a one-file program is not what was written: cut, changed, or forged.",
			Why:  "The program verifies what it unpacks and refuses to start.",
			Mend: "Copy or build it again. Nothing may be added to, taken from or changed in the file after the build: no strip, no upx; on macOS sign it while it is built.",
		}, (*subject).payloadDamaged},
		{finding.Rule{
			ID: "file-damaged", Severity: finding.Error,
			What: "A file cannot be read as what it is: a truncated or malformed binary, archive, manifest or metadata file.",
			Why:  "Nothing can be said about it, and what loads it will fail or worse.",
			Mend: "Get it again from where it came.",
		}, (*subject).fileDamaged},
		{finding.Rule{
			ID: "readers-disagree", Severity: finding.Warning,
			What: "The three libraries that read native files do not say the same about one, or one of them cannot read it.",
			Why:  "Loaders and tools are readers too: a file that can be understood in two ways is what somebody made, by accident or on purpose, to be seen differently by whoever checks it and whoever runs it. What the other rules say of it is less certain.",
			Mend: "Build the file again with current tools. If it is sound, it is worth a bug report to the reader that is alone with its opinion.",
		}, (*subject).readersDisagree},
	}
}

func (s *subject) changes(what bundle.Change) {
	list := "the manifest"
	if s.Kind == facts.Wheel {
		list = "RECORD"
	}
	text := map[bundle.Change]string{
		bundle.Missing: "is in " + list + ", and not here",
		bundle.Changed: "is not what " + list + " says",
		bundle.Added:   "is not in " + list,
	}[what]
	for _, c := range s.Changes {
		if c.Change != what {
			continue
		}
		detail := ""
		if c.Detail != "" {
			detail = ": " + c.Detail
		}
		s.say(c.Path, "", "%s%s", text, detail)
	}
}

func (s *subject) payloadDamaged() {
	for _, d := range s.Damages {
		if s.Kind == facts.Onefile {
			s.say(d.Path, d.Text, "%s", d.Text)
		}
	}
}

func (s *subject) fileDamaged() {
	for _, d := range s.Damages {
		if s.Kind != facts.Onefile {
			s.say(d.Path, d.Text, "%s", d.Text)
		}
	}
	for i := range s.Files {
		f := &s.Files[i]
		if b := f.Binary; b != nil && len(b.Images) == 0 {
			s.say(f.Path, "", "is a native file that nobody can read: %s", failures(b))
		}
	}
}

func failures(b *facts.Binary) string {
	var list []string
	for _, f := range b.Failures {
		list = append(list, fmt.Sprintf("%s: %s", f.Reader, f.Text))
	}
	return strings.Join(list, "; ")
}

func (s *subject) readersDisagree() {
	for i := range s.Files {
		b := s.Files[i].Binary
		if b == nil || len(b.Images) == 0 {
			continue
		}
		for _, d := range b.Disagreements {
			var says []string
			for _, v := range d.Values {
				says = append(says, fmt.Sprintf("%s says %s", v.Reader, v.Value))
			}
			s.say(s.Files[i].Path, d.Field, "%s: %s", d.Field, strings.Join(says, ", "))
		}
		for _, f := range b.Failures {
			s.say(s.Files[i].Path, string(f.Reader), "%s cannot read it, others can: %s", f.Reader, f.Text)
		}
	}
}
