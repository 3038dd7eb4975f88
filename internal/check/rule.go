package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// rule is a rule with the function that applies it; nil where what finds it is not a
// rule on facts (--run).
type rule struct {
	finding.Rule
	check func(*subject)
}

// rules are all of them, in the order of the list that people see.
func rules() []rule {
	return slices.Concat(
		libraryRules(), searchRules(), symbolRules(), floorRules(), platformRules(), extensionRules(),
		libpythonRules(), moduleRules(), leakRules(), hardeningRules(), fileRules(), integrityRules(),
		farmRules(), machoRules(), licenceRules(), placeRules(), runRules(),
	)
}

// Rules describes all rules.
func Rules() []finding.Rule {
	var list []finding.Rule
	for _, r := range rules() {
		list = append(list, r.Rule)
	}
	return list
}

// Explain returns the page of a rule, as text of at most 80 columns.
func Explain(id string) (string, error) {
	for _, r := range rules() {
		if r.ID == id {
			return page(r.Rule), nil
		}
	}
	return "", unknownRuleError(id)
}

type unknownRuleError string

func (e unknownRuleError) Error() string { return fmt.Sprintf("no rule %q", string(e)) }
func (e unknownRuleError) Hint() string  { return "llgo py check --list-rules" }

func page(r finding.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n\n%s\n", r.ID, r.Severity, wrap(r.What))
	for _, part := range []struct{ title, text string }{
		{"Why it matters", r.Why}, {"How to mend it", r.Mend}, {"What it does not see", r.Limits},
	} {
		if part.text != "" {
			fmt.Fprintf(&b, "\n%s:\n%s\n", part.title, wrap(part.text))
		}
	}
	return b.String()
}

// wrap breaks text into indented lines; what stands on a line of its own, indented,
// stays as it is: a command to type.
func wrap(text string) string {
	const width = 76
	var out []string
	for _, paragraph := range strings.Split(text, "\n") {
		if strings.HasPrefix(paragraph, " ") {
			out = append(out, "    "+paragraph)
			continue
		}
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len(line)+1+len(word) > width {
				out, line = append(out, "    "+line), ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		out = append(out, "    "+line)
	}
	return strings.Join(out, "\n")
}
