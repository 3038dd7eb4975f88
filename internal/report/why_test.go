package report

import (
	"errors"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

func written(chains []Chain) string {
	var lines []string
	for _, chain := range chains {
		var steps []string
		for _, s := range chain {
			steps = append(steps, strings.TrimSpace(s.How+" "+s.Name))
		}
		lines = append(lines, strings.Join(steps, " > "))
	}
	return strings.Join(lines, "\n")
}

func TestWhy(t *testing.T) {
	g := NewGraph(sample())
	const site = "python/lib/python3.14/site-packages/"
	snippet := helper.ImportedBySnippet("import certs")
	for name, want := range map[string]string{
		"fast": "main.go:6:2 > asks fast\nother.go:9:1 > asks fast",
		// Inside try only, but by another module plainly, which is imported in a function only.
		"slow": "main.go:6:2 > asks fast > try slow\nother.go:9:1 > asks fast > try slow",
		"libz": "main.go:6:2 > asks fast > import fast._c > is " + site + "fast/_c.so > needs python/lib/libz.so.1\n" +
			"other.go:9:1 > asks fast > import fast._c > is " + site + "fast/_c.so > needs python/lib/libz.so.1",
		"ca.pem": "main.go:20:3 > asks " + snippet + " > import certs > brings " + site + "certs/ca.pem\n" +
			"main.go:6:2 > asks fast > try slow > def certs > brings " + site + "certs/ca.pem\n" +
			"other.go:9:1 > asks fast > try slow > def certs > brings " + site + "certs/ca.pem",
		"python/lib/python3.14/site-packages/fast-1.0.dist-info/METADATA": "main.go:6:2 > asks fast > has pypi/fast > has " + site + "fast-1.0.dist-info/METADATA\n" +
			"other.go:9:1 > asks fast > has pypi/fast > has " + site + "fast-1.0.dist-info/METADATA",
		"os":                   "main.go:6:2 > asks fast > import os\nother.go:9:1 > asks fast > import os\n<startup> > import os",
		"libpython3.14.so.1.0": "every packaged program > has python/lib/libpython3.14.so.1.0",
		"yaml":                 "main.go:6:2 > asks fast > import yaml\nother.go:9:1 > asks fast > import yaml",
	} {
		target, err := g.Target(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := written(g.Why(target)); got != want {
			t.Errorf("why %s:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

func TestTargets(t *testing.T) {
	g := NewGraph(sample())
	for name, want := range map[string]string{
		"certs":                  "certs", // the module, not the distribution
		"lib/libz.so.1":          "python/lib/libz.so.1",
		"./python/lib/libz.so.1": "python/lib/libz.so.1",
		"fast/lazy.pyc":          "python/lib/python3.14/site-packages/fast/lazy.pyc",
		"METADATA":               "python/lib/python3.14/site-packages/fast-1.0.dist-info/METADATA",
		"pypi/fast":              "pypi/fast",
	} {
		if target, err := g.Target(name); err != nil || target.Name() != want {
			t.Errorf("Target(%s) = %s, %v; want %s", name, target.Name(), err, want)
		}
	}
	for name, want := range map[string]string{
		"fsat":        "fsat: no module, file or distribution of the package; did you mean fast?",
		"frobnicator": "frobnicator: no module, file or distribution of the package",
		"<program>":   "<program>: no module, file or distribution of the package",
		"__init__":    "__init__: which one? python/lib/python3.14/site-packages/certs/__init__.pyc, python/lib/python3.14/site-packages/fast/__init__.pyc",
	} {
		if _, err := g.Target(name); err == nil || err.Error() != want {
			t.Errorf("Target(%s): %v\nwant %s", name, err, want)
		}
	}
}

func TestAModuleThatIsNotThereSaysWhy(t *testing.T) {
	g := NewGraph(sample())
	target, err := g.Target("yaml")
	if err != nil || target.State != "missing" || target.Missing == nil || target.Missing.Reason != helper.MissingRequired {
		t.Errorf("yaml: %+v, %v", target, err)
	}
	var absent *NotThere
	if _, err := g.Target("plugins.csv"); !errors.As(err, &absent) || !strings.Contains(absent.Hint(), "--py-hidden-import plugins.csv") {
		t.Errorf("plugins.csv: %v", err)
	}
	if _, err := g.Target("libfoo.so.8"); !errors.As(err, &absent) || absent.Hint() != "" {
		t.Errorf("a file is no hidden import: %v", err)
	}
}

// What settings bring that no import tells of.
func TestReasonsThatAreSettings(t *testing.T) {
	in := sampleInput()
	const site = "lib/python3.14/site-packages/"
	in.Plan.Files = append(in.Plan.Files, helper.PlanFile{Dest: site + "assets/logo.txt", Source: "/src/logo.txt"})
	in.Added = map[string]string{"/src/logo.txt": "pyproject.toml:7"}
	in.Everything = "--py-deps"
	in.CollectedFiles = []Asked{{"slow.data", []string{"pyproject.toml:4"}}, {"slow_meta", nil}}
	in.CollectedMetadata = []Asked{{"slow_meta", []string{"pyproject.toml:5"}}}
	in.Manifest.Files = append(in.Manifest.Files, []bundle.Entry{
		{Path: "python/" + site + "assets/logo.txt", Kind: bundle.Data, Origin: bundle.FromApp},
		{Path: "python/" + site + "slow/data/x.txt", Kind: bundle.Data, Origin: bundle.FromApp},
		{Path: "python/" + site + "Slow.Meta-1.dist-info/METADATA", Kind: bundle.Data, Origin: bundle.FromApp},
		{Path: "python/" + site + "slow/other/y.txt", Kind: bundle.Data, Origin: bundle.FromApp},
		{Path: "python/" + site + "_llgo_start/hook_00_first.pyc", Kind: bundle.Module, Module: "_llgo_start.hook_00_first", Origin: bundle.FromApp},
		{Path: "python/" + site + "slow_extra.pyc", Kind: bundle.Module, Module: "slow_extra", Origin: bundle.FromDistribution, Distribution: "slow"},
	}...)
	g := NewGraph(New(in))
	for name, want := range map[string]string{
		"logo.txt":                       "pyproject.toml:7 > asks python/" + site + "assets/logo.txt",
		"slow/data/x.txt":                "pyproject.toml:4 > asks python/" + site + "slow/data/x.txt",
		"Slow.Meta-1.dist-info/METADATA": "pyproject.toml:5 > asks python/" + site + "Slow.Meta-1.dist-info/METADATA",
		"slow/other/y.txt": "main.go:6:2 > asks fast > try slow > has python/" + site + "slow/other/y.txt\n" +
			"other.go:9:1 > asks fast > try slow > has python/" + site + "slow/other/y.txt",
		"_llgo_start.hook_00_first": "<startup> > import _llgo_start.hook_00_first",
		"slow_extra":                "--py-deps > asks slow_extra",
	} {
		target, err := g.Target(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := written(g.Why(target)); got != want {
			t.Errorf("why %s: %s\nwant %s", name, got, want)
		}
	}
}

// A setting can ask for modules in ways that no line tells.
func TestEveryModuleOfTheProgramHasAReason(t *testing.T) {
	in := sampleInput()
	in.Asked = in.Asked[1:]
	in.Collected = []Asked{{"slow", []string{"--py-collect-all"}}, {"certs", nil}}
	g := NewGraph(New(in))
	target, err := g.Target("fast")
	if err != nil {
		t.Fatal(err)
	}
	if got := written(g.Why(target)); got != "settings of the build > asks fast" {
		t.Errorf("why fast: %s", got)
	}
	in.Collected = []Asked{{"fast", []string{"pyproject.toml:7"}}}
	g = NewGraph(New(in))
	if got := written(g.Why(target)); got != "pyproject.toml:7 > asks fast" {
		t.Errorf("why fast: %s", got)
	}
}
