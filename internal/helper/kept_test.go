package helper

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

// The second analysis of the same request needs no interpreter, tells the same
// warnings and gives the same plan, whose files are there.
func TestAnalysesAreKept(t *testing.T) {
	dist := *managed(t)
	dist.Identity = digest(t.Name(), t.TempDir()) // nothing is kept of it yet
	req := AnalyzeRequest{
		Modules:  []Module{{"colorsys", []string{"main.go:3:1"}}, {Name: "json"}},
		Snippets: []Snippet{{"main.go:9:1", "import nowhere_at_all\n{{.X}}"}},
	}
	analyse := func(dist *pydist.Dist, req AnalyzeRequest) (*Plan, string) {
		t.Helper()
		rep := &recorder{}
		plan, err := open(t, rep).AnalyzeOnce(t.Context(), dist, req, "")
		if err != nil {
			t.Fatal(err)
		}
		return plan, rep.String()
	}
	first, said := analyse(&dist, req)
	if !strings.Contains(said, "phase analyse") || !strings.Contains(said, "nowhere_at_all") {
		t.Errorf("the first analysis said:\n%s", said)
	}
	gone := dist
	gone.Executable = "/nonexistent"
	moved := req
	moved.Modules = []Module{{Name: "json"}, {"colorsys", []string{"main.go:7:1"}}}
	second, said := analyse(&gone, moved)
	if !reflect.DeepEqual(first, second) {
		t.Error("the kept plan is another one")
	}
	if strings.Contains(said, "phase") || !strings.Contains(said, "nowhere_at_all") {
		t.Errorf("the second analysis said:\n%s", said)
	}
	for _, f := range second.Files {
		if _, err := os.Stat(f.Source); err != nil && f.Kind != KindSymlink {
			t.Errorf("%s: %v", f.Dest, err)
		}
	}
	if _, err := os.Stat(second.TOC); err != nil {
		t.Errorf("PyInstaller's record is not kept: %v", err)
	}
}

// A plan is kept for exactly what was asked.
func TestKeptNames(t *testing.T) {
	h, dist := open(t, &recorder{}), managed(t)
	options := AnalyzeOptions{Excludes: []Module{{Name: "c"}}, Collect: []Collect{{CollectData, "d", "--py-collect-data"}}}
	base := AnalyzeRequest{Modules: []Module{{Name: "a"}}, Snippets: []Snippet{{"p", "import b"}}, Options: options}
	names := map[string]string{}
	for what, req := range map[string]AnalyzeRequest{
		"base":    base,
		"module":  {Modules: []Module{{Name: "a2"}}, Snippets: base.Snippets, Options: options},
		"snippet": {Modules: base.Modules, Snippets: []Snippet{{"p", "import b2"}}, Options: options},
		"options": {Modules: base.Modules, Snippets: base.Snippets},
		"moved":   {Modules: []Module{{Name: "a"}, {Name: "c"}}, Snippets: base.Snippets},
	} {
		name, err := h.keptName(dist, req)
		if err != nil {
			t.Fatal(err)
		}
		if other, same := names[name]; same {
			t.Errorf("%s and %s share a plan", what, other)
		}
		names[name] = what
	}
}

// Interpreters of the user's change under our feet: nothing is kept of them.
func TestUsersInterpretersAreAskedAgain(t *testing.T) {
	dist := *pyenv(t, "3.9")
	dist.Executable = "/nonexistent"
	if _, err := open(t, &recorder{}).AnalyzeOnce(t.Context(), &dist, AnalyzeRequest{Modules: []Module{{Name: "json"}}}, t.TempDir()); err == nil {
		t.Error("a plan was kept for an interpreter of the user's")
	}
}
