package check

import (
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func machoRules() []rule {
	return []rule{
		{finding.Rule{
			ID: "signature", Severity: finding.Error,
			What:   "A Mach-O file has no signature, or one that does not fit its content.",
			Why:    "Apple silicon kills a process that maps unsigned or changed code (\"Killed: 9\"), without a word why. Every tool that edits a file (install_name_tool, strip, patching) breaks its signature.",
			Mend:   "Sign again, after the last change, even if by nobody:\n  codesign --force --sign - FILE",
			Limits: "Hashes are compared; certificates and notarization are Apple's to judge. An x86_64 file without a signature is only a note: those Macs run it.",
		}, (*subject).signature},
		{finding.Rule{
			ID: "install-name", Severity: finding.Warning,
			What:   "A bundled dylib has an install name that is an absolute path.",
			Why:    "Whatever is linked with it looks for it at that path, on the machine of the user.",
			Mend:   "install_name_tool -id @rpath/libfoo.dylib FILE, then sign it again.",
			Limits: "Wheels are left out: nothing is linked with their libraries, and delocate gives them a path that never exists (/DLC/).",
		}, (*subject).installName},
	}
}

func (s *subject) signature() {
	for i := range s.Files {
		b := s.Files[i].Binary
		if b == nil || len(b.Signatures) != len(b.Images) {
			continue
		}
		for j, sig := range b.Signatures {
			arch := b.Images[j].Arch
			severity := s.rule.Severity
			switch {
			case sig.Problem != "":
				s.say(s.Files[i].Path, arch, "has a signature that does not fit (%s): %s", arch, sig.Problem)
			case !sig.Present && b.Images[j].Type != "object":
				if arch != "arm64" {
					severity = finding.Note
				}
				s.sayAs(severity, s.Files[i].Path, arch, "is not signed (%s)", arch)
			}
		}
	}
}

func (s *subject) installName() {
	if s.Kind == facts.Wheel {
		return
	}
	for _, u := range s.units {
		if u.Format == "mach-o" && u.Type == "shared" && strings.HasPrefix(u.Name, "/") {
			s.say(u.file.Path, u.Name, "has the install name %s", u.Name)
		}
	}
}
