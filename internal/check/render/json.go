package render

import (
	_ "embed"
	"encoding/json"
	"io"

	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

// SchemaVersion is that of check.schema.json, and stands in the first line. Fields
// may be added without a new one.
const SchemaVersion = 1

// Schema is the JSON schema of each line that the json renderer writes.
//
//go:embed check.schema.json
var Schema []byte

// lines writes one JSON object a line, each with a type.
type lines struct{ enc *json.Encoder }

func newJSON(w io.Writer) *lines {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &lines{enc}
}

// Config implements finding.Handler.
func (l *lines) Config(m *finding.Config) error {
	return l.enc.Encode(struct {
		Type   string `json:"type"`
		Schema int    `json:"schema"`
		*finding.Config
	}{"config", SchemaVersion, m})
}

// Container implements finding.Handler.
func (l *lines) Container(m *finding.Container) error {
	return l.enc.Encode(struct {
		Type string `json:"type"`
		*finding.Container
	}{"container", m})
}

// Finding implements finding.Handler.
func (l *lines) Finding(m *finding.Finding) error {
	return l.enc.Encode(struct {
		Type string `json:"type"`
		*finding.Finding
		Fingerprint string `json:"fingerprint"`
	}{"finding", m, m.Fingerprint()})
}

// Verdict implements finding.Handler.
func (l *lines) Verdict(m *finding.Verdict) error {
	v := *m
	if v.Platforms == nil {
		v.Platforms = []string{}
	}
	if v.Floors == nil {
		v.Floors = []finding.Floor{}
	}
	if v.Libraries == nil {
		v.Libraries = []string{}
	}
	return l.enc.Encode(struct {
		Type string `json:"type"`
		finding.Verdict
	}{"verdict", v})
}

// Summary implements finding.Handler.
func (l *lines) Summary(m *finding.Summary) error {
	return l.enc.Encode(struct {
		Type string `json:"type"`
		*finding.Summary
	}{"summary", m})
}
