package helper

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/record"
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
		name, err := h.keptName(dist, req, nil)
		if err != nil {
			t.Fatal(err)
		}
		if other, same := names[name]; same {
			t.Errorf("%s and %s share a plan", what, other)
		}
		names[name] = what
	}
}

// Interpreters of the user's change under our feet: nothing is kept of them, unless
// they are pinned.
func TestUsersInterpretersAreAskedAgain(t *testing.T) {
	dist := pyenv(t, "3.9")
	req := AnalyzeRequest{Modules: []Module{{Name: "json"}}}
	gone := *dist
	gone.Executable = "/nonexistent"
	if _, err := open(t, &recorder{}).AnalyzeOnce(t.Context(), &gone, req, t.TempDir()); err == nil {
		t.Error("a plan was kept for an interpreter of the user's")
	}
	pinned, err := dist.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, &recorder{}).AnalyzeOnce(t.Context(), pinned, req, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	gone = *pinned
	gone.Executable = "/nonexistent"
	if _, err := open(t, &recorder{}).AnalyzeOnce(t.Context(), &gone, req, t.TempDir()); err != nil {
		t.Errorf("no plan was kept for an interpreter that is pinned: %v", err)
	}
}

// A plan with a library of the machine is looked at again when that changes.
func TestLibrariesOfTheMachineCount(t *testing.T) {
	dist := *managed(t)
	dist.Identity = digest(t.Name(), t.TempDir())
	library := write(t, t.TempDir(), "libx.so", "one")
	h := open(t, &recorder{})
	name := func() (map[string]string, error) { return nil, nil }
	req := AnalyzeRequest{Modules: []Module{{Name: "json"}}}
	if _, err := h.planOf(t.Context(), &dist, req, name); err != nil {
		t.Fatal(err)
	}
	dir, err := h.keptName(&dist, req, nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, AnalysisFile)
	k, err := readPlan(file)
	if err != nil {
		t.Fatal(err)
	}
	if k.Exact, err = record.Looks([]string{library}); err != nil {
		t.Fatal(err)
	}
	k.Warnings = []string{"this one"}
	data, err := json.Marshal(k)
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if k, err := h.exactPlan(t.Context(), &dist, req); err != nil || len(k.Warnings) != 1 {
		t.Errorf("nothing changed, and it is another plan: %v", err)
	}
	write(t, filepath.Dir(library), "libx.so", "two")
	if k, err := h.exactPlan(t.Context(), &dist, req); err != nil || len(k.Warnings) != 0 {
		t.Errorf("the library changed, and it is the same plan: %v", err)
	}
}

// ownModules is an analysis of a package of the program's own.
func ownModules(t *testing.T) (dir string, dist *pydist.Dist, analyse func() (plan *Plan, analysed bool)) {
	dir = t.TempDir()
	for name, text := range map[string]string{
		"shop/__init__.py": "from . import prices\nfrom .prices import LIMIT\n",
		"shop/prices.py":   "LIMIT = 3\n\ndef total(items):\n    return sum(items) + LIMIT\n",
		"alone.py":         "NAME = 'alone'\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d := *managed(t)
	d.Identity = digest(t.Name(), dir) // nothing is kept of it yet
	req := AnalyzeRequest{Modules: []Module{{Name: "shop"}, {Name: "alone"}}, Options: AnalyzeOptions{Paths: []string{dir}}}
	return dir, &d, func() (*Plan, bool) {
		t.Helper()
		rep := &recorder{}
		plan, err := open(t, rep).AnalyzeOnce(t.Context(), &d, req, "")
		if err != nil {
			t.Fatal(err)
		}
		return plan, strings.Contains(rep.String(), "phase analyse")
	}
}

// Edits of the program's own modules that no analysis can see do not repeat it; whatever
// it might see does, also at the same size and time.
func TestEditsOfOwnModules(t *testing.T) {
	dir, _, analyse := ownModules(t)
	has := func(plan *Plan, module string) bool {
		return slices.ContainsFunc(plan.Files, func(f PlanFile) bool { return f.Module == module })
	}
	first, analysed := analyse()
	if !analysed || !has(first, "shop.prices") || has(first, "wave") {
		t.Fatal("the first analysis is none, or not of these modules")
	}
	for _, step := range []struct {
		file, old, new string
		analysed       bool
		module         string // is there then
	}{
		{"shop/prices.py", "LIMIT = 3", "LIMIT = 4", false, "shop.prices"},
		{"shop/prices.py", "+ LIMIT", "- LIMIT # now", false, "shop.prices"},
		{"shop/prices.py", "def total", "def most(items):\n    return max(items)\n\ndef total", false, "shop.prices"},
		{"alone.py", "'alone'", "'again'", false, "alone"},
		{"alone.py", "NAME", "import wave; NAME", true, "wave"},
		{"alone.py", "import wave", "import this", true, "this"}, // as long
		{"shop/prices.py", "return sum", "import cmd; return sum", true, "cmd"},
		{"shop/prices.py", "import cmd", "__import__('cmd')", true, ""}, // in doubt from here
		{"shop/prices.py", "LIMIT = 4", "LIMIT = 5", true, ""},
	} {
		path := filepath.Join(dir, filepath.FromSlash(step.file))
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(data), step.old) {
			t.Fatalf("%s has no %s: %v", step.file, step.old, err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(data), step.old, step.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		plan, analysed := analyse()
		if analysed != step.analysed {
			t.Errorf("%s → %s: analysed %v, want %v", step.old, step.new, analysed, step.analysed)
		}
		if step.module != "" && !has(plan, step.module) {
			t.Errorf("%s → %s: no %s in the plan", step.old, step.new, step.module)
		}
	}
}

// A module that others than the program's own import counts by its content.
func TestModulesThatOthersImport(t *testing.T) {
	plan := &Plan{
		Files: []PlanFile{
			{Module: "own", Source: "/p/own.py"}, {Module: "also", Source: "/p/also.py"}, {Module: "theirs", Source: "/site/theirs.py"},
		},
		Imports: []Imported{
			{Name: ImportedByProgram}, {Name: "also", Importers: []int{0, 2}}, {Name: "own", Importers: []int{1, 3, 4}},
			{Name: "theirs"}, {Name: "<snippet:123456>"},
		},
	}
	if got := importedByOthers(plan, AnalyzeOptions{Paths: []string{"/p"}}); !slices.Equal(got, []string{"/p/own.py"}) {
		t.Errorf("got %v", got)
	}
}

// What may read the modules themselves sees to it that they count by their content.
func TestOptionsThatReadModules(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "shop.py", "")
	for _, c := range []struct {
		options AnalyzeOptions
		reads   bool
	}{
		{AnalyzeOptions{Paths: []string{dir}}, false},
		{AnalyzeOptions{Paths: []string{dir}, Collect: []Collect{{What: CollectAll, Name: "numpy"}}}, false},
		{AnalyzeOptions{Paths: []string{dir}, Collect: []Collect{{What: CollectAll, Name: "shop.data"}}}, true},
		{AnalyzeOptions{Paths: []string{dir}, HookDirs: []string{"/hooks"}}, true},
		{AnalyzeOptions{Paths: []string{dir}, Everything: true}, true},
	} {
		if got := c.options.readsModules(); got != c.reads {
			t.Errorf("%+v: %v", c.options, got)
		}
	}
}

// A string that names a group of entry points asks for what is in it.
func TestStringsThatNameGroups(t *testing.T) {
	dir, _, analyse := ownModules(t)
	info := filepath.Join(dir, "shop-1.0.dist-info")
	if err := os.Mkdir(info, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, info, "METADATA", "Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n")
	write(t, info, "entry_points.txt", "[shop.again]\none = wave:open\n")
	analyse()
	write(t, dir, "alone.py", "NAME = 'shop.other'\n")
	if _, analysed := analyse(); analysed {
		t.Error("a string that means nothing is seen")
	}
	write(t, dir, "alone.py", "NAME = 'shop.again'\n")
	plan, analysed := analyse()
	if !analysed || !slices.ContainsFunc(plan.Files, func(f PlanFile) bool { return f.Module == "wave" }) {
		t.Errorf("analysed %v, and what the group offers is not there", analysed)
	}
}
