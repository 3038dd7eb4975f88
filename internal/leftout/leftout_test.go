package leftout

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// sample is a plan of one distribution; imports are "importer how module".
func sample(t *testing.T, distribution string, imports ...string) *helper.Plan {
	t.Helper()
	source := filepath.Join(t.TempDir(), "source")
	if err := os.WriteFile(source, []byte("12345"), 0o644); err != nil {
		t.Fatal(err)
	}
	plan := &helper.Plan{Distributions: []helper.Distribution{{Name: distribution}}}
	const site = "lib/python3.14/site-packages/"
	add := func(path string, kind helper.Kind) {
		f := helper.PlanFile{Dest: site + path, Source: source, Kind: kind, Distribution: distribution}
		if kind == helper.KindModule || kind == helper.KindExtension {
			f.Module = strings.ReplaceAll(strings.TrimSuffix(path, filepath.Ext(path)), "/", ".")
		}
		plan.Files = append(plan.Files, f)
	}
	for _, path := range []string{"pkg/__init__.pyc", "pkg/tests/__init__.pyc", "pkg/tests/helper.pyc", "pkg/tests/test_it.pyc", "pkg/testing.pyc", "test/__init__.pyc", "test/x.pyc"} {
		add(path, helper.KindModule)
	}
	add("pkg/tests/native.so", helper.KindExtension)
	add("pkg/tests/liblinked.so", helper.KindLibrary)
	for _, path := range []string{"pkg/x.h", "pkg/lib/libx.a", "pkg/x.pyi", "pkg/py.typed", "pkg/x.pyx", "pkg/__pycache__/x.pyc", "pkg/tests/data.csv", "pkg/table.csv"} {
		add(path, helper.KindData)
	}
	asked := helper.PlanFile{Dest: site + "pkg/needed.h", Source: source, Kind: helper.KindData, Distribution: distribution, AskedBy: "pkg"}
	added := helper.PlanFile{Dest: site + "own/x.h", Source: source, Kind: helper.KindData}
	plan.Files = append(plan.Files, asked, added)
	index := map[string]int{}
	at := func(name string) int {
		if _, ok := index[name]; !ok {
			index[name] = len(plan.Imports)
			plan.Imports = append(plan.Imports, helper.Imported{Name: name})
		}
		return index[name]
	}
	for _, line := range append(imports, "<program> h pkg.tests.test_it", "<program> h pkg.tests.helper", "pkg.tests.helper p pkg.tests") {
		parts := strings.Fields(line)
		from, to := at(parts[0]), at(parts[2])
		plan.Imports[to].Importers = append(plan.Imports[to].Importers, from)
		plan.Imports[to].How += parts[1]
	}
	return plan
}

// left are the paths in site-packages that are left out.
func left(t *testing.T, plan *helper.Plan, wanted, keep []string) (paths []string, groups []Group) {
	t.Helper()
	kept, groups, err := Apply(plan, wanted, keep)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range plan.Files {
		if !slices.ContainsFunc(kept.Files, func(k helper.PlanFile) bool { return k.Dest == f.Dest }) {
			paths = append(paths, strings.TrimPrefix(f.Dest, "lib/python3.14/site-packages/"))
		}
	}
	return paths, groups
}

var (
	tests = []string{"pkg/tests/__init__.pyc", "pkg/tests/helper.pyc", "pkg/tests/test_it.pyc", "pkg/tests/native.so"}
	data  = []string{"pkg/x.h", "pkg/lib/libx.a", "pkg/x.pyi", "pkg/py.typed", "pkg/x.pyx", "pkg/__pycache__/x.pyc", "pkg/tests/data.csv"}
)

func TestApply(t *testing.T) {
	for _, test := range []struct {
		name, distribution   string
		imports              []string
		wanted, keep, expect []string
	}{
		{name: "all groups", expect: slices.Concat(tests, data)},
		{name: "imported by what stays", imports: []string{"pkg.testing d pkg.tests.helper", "pkg i pkg.testing"},
			expect: slices.Concat([]string{"pkg/tests/test_it.pyc", "pkg/tests/native.so"}, data)},
		{name: "imported by a test", imports: []string{"pkg.tests.test_it i pkg.tests.helper"}, expect: slices.Concat(tests, data)},
		{name: "by code of the program", imports: []string{"<snippet:0123456789ab> i pkg.tests.test_it", "pkg.tests.test_it i pkg.tests.helper"},
			expect: slices.Concat([]string{"pkg/tests/native.so"}, data)},
		{name: "wanted by name", wanted: []string{"pkg.tests"}, expect: data},
		{name: "all of the package wanted", wanted: []string{"pkg"}, expect: slices.Concat(tests, data)},
		{name: "kept", keep: []string{"tests", "headers", "stubs"}, expect: []string{"pkg/lib/libx.a", "pkg/x.pyx", "pkg/__pycache__/x.pyc"}},
		{name: "all kept", keep: []string{All}},
		{name: "a distribution that needs them", distribution: "Triton"},
		{name: "one that reads stubs", distribution: "Lazy_Loader", expect: slices.DeleteFunc(slices.Concat(tests, data), func(p string) bool {
			return strings.HasSuffix(p, ".pyi") || strings.HasSuffix(p, "py.typed")
		})},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.distribution == "" {
				test.distribution = "Some.Dist"
			}
			got, groups := left(t, sample(t, test.distribution, test.imports...), test.wanted, test.keep)
			if !slices.Equal(got, test.expect) {
				t.Errorf("left out\n%q, want\n%q", got, test.expect)
			}
			files, size := 0, int64(0)
			for _, g := range groups {
				files, size = files+g.Files, size+g.Size
			}
			if files != len(test.expect) || size != 5*int64(files) {
				t.Errorf("%d files of %d bytes in %+v", files, size, groups)
			}
		})
	}
}

// TestApplyFarm: the same is left out where packages are in directories of their own.
func TestApplyFarm(t *testing.T) {
	plan := sample(t, "")
	for i := range plan.Files {
		f := &plan.Files[i]
		f.Dest = strings.Replace(f.Dest, "lib/python3.14/site-packages/", "site-packages/p2/", 1)
		if f.AskedBy == "" && !strings.Contains(f.Dest, "/own/") {
			f.Distribution = "pkg"
		}
	}
	plan.Distributions = []helper.Distribution{{Name: "pkg"}}
	paths, _ := left(t, plan, nil, nil)
	if want := len(tests) + len(data); len(paths) != want {
		t.Errorf("%d files are left out, want %d: %q", len(paths), want, paths)
	}
}

func TestCheck(t *testing.T) {
	if err := Check([]string{"all", "tests", "static-libraries"}); err != nil {
		t.Error(err)
	}
	if err := Check([]string{"test"}); err == nil || !strings.Contains(err.Error(), "there are all, builtins, tests, caches") {
		t.Errorf("%v", err)
	}
}

// TestPolicy: the data has the form that its schema says.
func TestPolicy(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("policy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(policyText))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
	if p, err := load(); err != nil || p.Version != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}
