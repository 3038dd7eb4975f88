package check

import "github.com/llgo-pypack/llgo-pypack/internal/check/finding"

func licenceRules() []rule {
	return []rule{{finding.Rule{
		ID: "licence-unknown", Severity: finding.Warning,
		What:   "A distribution in the container does not say under which licence it is.",
		Why:    "Who passes the bundle on needs the right to, and has to tell others their rights.",
		Mend:   "Look it up where it is published, and write it down beside the program; ask its authors to add License-Expression to their metadata (PEP 639).",
		Limits: "Whether a licence allows what you do is not judged.",
	}, (*subject).licenceUnknown}}
}

func (s *subject) licenceUnknown() {
	for _, d := range s.Distributions {
		if d.License == "" && len(d.LicenseFiles) == 0 {
			s.say(d.Path, d.Name, "%s %s does not say its licence", d.Name, d.Version)
		}
	}
}
