package helper

import (
	"bufio"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

const golden = "../../pyhelper/testdata/protocol.golden.jsonl"

// goldenTypes maps each operation and message to the Go type of its fields.
var goldenTypes = map[string]func() any{
	"op " + opHello:          func() any { return &struct{}{} },
	"op " + opAnalyze:        func() any { return &AnalyzeRequest{} },
	"op " + opCompile:        func() any { return &CompileRequest{} },
	"op " + opOutline:        func() any { return &outlineRequest{} },
	"op " + opSurvey:         func() any { return &surveyRequest{} },
	"type " + typeSurveyed:   func() any { return &surveyed{} },
	"op " + opLink:           func() any { return &LinkRequest{} },
	"op " + opRelocate:       func() any { return &relocateRequest{} },
	"type " + typeRelocated:  func() any { return &relocated{} },
	"op " + opEdit:           func() any { return &editRequest{} },
	"op " + opCompress:       func() any { return &CompressRequest{} },
	"type " + typeHello:      func() any { return &Hello{} },
	"type " + typePlan:       func() any { return &Plan{} },
	"type " + typeCompiled:   func() any { return &Compiled{} },
	"type " + typeOutlined:   func() any { return &outlined{} },
	"type " + typeLinked:     func() any { return &Linked{} },
	"type " + typeEdited:     func() any { return &edited{} },
	"type " + typeCompressed: func() any { return &Compressed{} },
	"type " + typeProgress:   func() any { return &Progress{} },
	"type " + typeWarning:    func() any { return &Warning{} },
	"type " + typeFinding:    func() any { return &Finding{} },
	"type " + typeError:      func() any { return &Error{} },
	"op " + opInspect:        func() any { return &InspectRequest{} },
	"op " + opImports:        func() any { return &ImportsRequest{} },
	"type " + typeReading:    func() any { return &Reading{} },
	"type " + typeInspected:  func() any { return &Inspected{} },
	"type " + typeImports:    func() any { return &Imports{} },
}

// TestGolden decodes every example of the file that pyhelper's tests read as
// well, encodes it again and compares: a field that one side does not know, or
// spells in another way, shows.
func TestGolden(t *testing.T) {
	f, err := os.Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := make(map[string]bool)
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, maxMessage)
	for scanner.Scan() {
		seen[roundTrip(t, scanner.Bytes())] = true
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	for name := range goldenTypes {
		if !seen[name] {
			t.Errorf("no example of %s", name)
		}
	}
}

// roundTrip checks one example and returns which one it is.
func roundTrip(t *testing.T, line []byte) string {
	t.Helper()
	var common struct {
		header
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &common); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	name, head := "op "+common.Op, any(common.header)
	if common.Type != "" {
		name = "type " + common.Type
		head = struct {
			Type string `json:"type"`
		}{common.Type}
	} else if common.Protocol != Protocol {
		t.Errorf("%s: protocol %d, want %d", name, common.Protocol, Protocol)
	}
	make, ok := goldenTypes[name]
	if !ok {
		t.Fatalf("unknown example %s", name)
	}
	fields := make()
	if err := json.Unmarshal(line, fields); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	again, err := encode(head, fields)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := generic(t, again), generic(t, line); !reflect.DeepEqual(got, want) {
		t.Errorf("%s changed on its way through Go:\n got %v\nwant %v", name, got, want)
	}
	return name
}

func generic(t *testing.T, data []byte) (value map[string]any) {
	t.Helper()
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// Both sides name a literal by its content; pyhelper/tests/test_graph.py has the same one.
func TestNameOfASnippet(t *testing.T) {
	if got, want := ImportedBySnippet("import own # ü\n"), "<snippet:f7339e184ca5>"; got != want {
		t.Errorf("ImportedBySnippet = %s, want %s", got, want)
	}
}
