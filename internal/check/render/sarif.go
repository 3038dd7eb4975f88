package render

import (
	"encoding/json"
	"io"
	"net/url"
	"path"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

	// fingerprintName is versioned: what goes into the hash may change one day.
	fingerprintName = "llgoPyCheck/v1"
)

// sarif collects everything and writes one SARIF log of one run. The field names are
// those of the standard.
type sarif struct {
	w         io.Writer
	run       sarifRun
	rules     map[string]int
	container *finding.Container
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	Results    []sarifResult `json:"results"`
	ColumnKind string        `json:"columnKind"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name            string      `json:"name"`
	SemanticVersion string      `json:"semanticVersion"`
	Rules           []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string       `json:"id"`
	Short   sarifMessage `json:"shortDescription"`
	Full    sarifMessage `json:"fullDescription"`
	Help    sarifMessage `json:"help"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifMessage       `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact struct {
		URI string `json:"uri"`
	} `json:"artifactLocation"`
	// Region is the first line, though the file has none: GitHub's code scanning
	// drops results without one.
	Region struct {
		StartLine int `json:"startLine"`
	} `json:"region"`
}

type sarifLogical struct {
	Name          string `json:"name"`
	QualifiedName string `json:"fullyQualifiedName"`
	Kind          string `json:"kind"`
}

// Config implements finding.Handler.
func (s *sarif) Config(m *finding.Config) error {
	s.rules = map[string]int{}
	driver := sarifDriver{Name: m.Tool, SemanticVersion: m.Version, Rules: []sarifRule{}}
	for i, r := range m.Rules {
		rule := sarifRule{
			ID:    r.ID,
			Short: sarifMessage{r.What},
			Full:  sarifMessage{r.Why},
			Help:  sarifMessage{r.Mend},
		}
		rule.Default.Level = string(r.Severity)
		driver.Rules = append(driver.Rules, rule)
		s.rules[r.ID] = i
	}
	s.run = sarifRun{Tool: sarifTool{driver}, Results: []sarifResult{}, ColumnKind: "unicodeCodePoints"}
	return nil
}

// Container implements finding.Handler.
func (s *sarif) Container(m *finding.Container) error {
	s.container = m
	return nil
}

// Finding implements finding.Handler.
func (s *sarif) Finding(m *finding.Finding) error {
	r := sarifResult{
		RuleID:       m.Rule,
		RuleIndex:    s.rules[m.Rule],
		Level:        string(m.Severity),
		Message:      sarifMessage{m.Text},
		Fingerprints: map[string]string{fingerprintName: m.Fingerprint()},
	}
	if m.Path != "" && s.container.Packed {
		r.Message.Text = m.Path + ": " + m.Text
	}
	var at sarifLocation
	at.Physical.Artifact.URI = (&url.URL{Path: path.Clean(where(s.container, m))}).String()
	at.Physical.Region.StartLine = 1
	if m.Path != "" {
		at.Logical = []sarifLogical{{path.Base(m.Path), m.Path, "resource"}}
	}
	r.Locations = []sarifLocation{at}
	if m.Known {
		r.Suppressions = []sarifSuppression{{"external", "in the baseline"}}
	}
	s.run.Results = append(s.run.Results, r)
	return nil
}

// Verdict implements finding.Handler.
func (s *sarif) Verdict(*finding.Verdict) error { return nil }

// Summary implements finding.Handler.
func (s *sarif) Summary(*finding.Summary) error {
	enc := json.NewEncoder(s.w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{sarifSchema, sarifVersion, []sarifRun{s.run}})
}
