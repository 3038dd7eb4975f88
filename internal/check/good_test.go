package check

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/checktest"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
)

func full() bool { return os.Getenv("LLGO_PY_TEST_FULL") != "" }

// noErrors checks what is good: a rule that finds an error in it is wrong.
func noErrors(t *testing.T, all bool, path string) *recorder {
	t.Helper()
	r := run(t, options(t, all, path))
	for _, f := range r.findings {
		if f.Severity == finding.Error {
			t.Errorf("%s: %s: %s [%s]", filepath.Base(f.Container), f.Path, f.Text, f.Rule)
		}
	}
	if len(r.verdicts) != 1 || r.verdicts[0].Binaries == 0 {
		t.Errorf("verdicts: %+v", r.verdicts)
	}
	return r
}

// TestGoodProgram: nothing is wrong with what llgo build makes, as a directory or as a
// file; both need the same of a machine; not even a warning, for users of --fail-on
// warning.
func TestGoodProgram(t *testing.T) {
	tree, one := noErrors(t, true, built(t, "tree")), noErrors(t, true, built(t, "one"))
	for _, r := range []*recorder{tree, one} {
		for _, f := range r.findings {
			if f.Severity == finding.Warning {
				t.Errorf("%s: %s [%s]", f.Path, f.Text, f.Rule)
			}
		}
	}
	a, b := tree.verdicts[0], one.verdicts[0]
	if a.Tag == "" || a.Tag != b.Tag || a.Python != "3.14.6" || strings.Join(a.Libraries, " ") != strings.Join(b.Libraries, " ") {
		t.Errorf("a directory that needs %+v and a file that needs %+v", a, b)
	}
}

// TestGoodFarm: nor is anything wrong with the same program in layout farm.
func TestGoodFarm(t *testing.T) {
	for _, f := range noErrors(t, true, built(t, "farm")).findings {
		if f.Severity == finding.Warning {
			t.Errorf("%s: %s [%s]", f.Path, f.Text, f.Rule)
		}
	}
}

// TestGoodApps: the same of all programs of testdata/apps.
func TestGoodApps(t *testing.T) {
	if !full() {
		t.Skip("only with LLGO_PY_TEST_FULL: scripts/test --full; TestGoodProgram is one of them")
	}
	apps, err := filepath.Glob(filepath.Join("..", "..", "testdata", "apps", "*", "go.mod"))
	if err != nil || len(apps) < 5 {
		t.Fatal(apps, err)
	}
	for _, mod := range apps {
		name := filepath.Base(filepath.Dir(mod))
		t.Run(name, func(t *testing.T) {
			dir, err := checktest.Program(name)
			if err != nil {
				t.Fatal(err)
			}
			noErrors(t, true, filepath.Join(dir, "tree"))
			noErrors(t, true, filepath.Join(dir, "one"))
		})
	}
}

// goodWheels are known to work for many people: C, C++, Cython, Rust, vendored
// libraries, abi3.
var goodWheels = []struct{ requirement, platform string }{
	{"numpy==2.5.5", "manylinux_2_27_x86_64"},
	{"pandas==3.1.1", "manylinux_2_24_x86_64"},
	{"pillow==13.0.0", "manylinux_2_27_x86_64"},
	{"cryptography==50.0.2", linuxX86b},
	{"lxml==6.1.3", "manylinux_2_26_x86_64"},
	{"psycopg2-binary==2.9.13", linuxX86},
	{"pydantic-core==2.50.4", linuxX86},
	{"greenlet==3.5.6", "manylinux_2_24_x86_64"},
	{"aiohttp==3.14.5", linuxX86},
	{"pyyaml==6.0.3", linuxX86},
	{"markupsafe==3.0.3", linuxX86},
	{"numpy==2.5.5", macARM},
	{"pillow==13.0.0", macARM},
	{"lxml==6.1.3", "macosx_10_15_universal2"},
	{"psycopg2-binary==2.9.13", macARM},
	{"cryptography==50.0.2", macARM},
}

// representative are the wheels that are read without LLGO_PY_TEST_FULL: with vendored
// libraries, Rust and abi3, Cython and libstdc++, fat and thin Mach-O files.
var representative = []string{"numpy==2.5.5", "psycopg2-binary==2.9.13", "cryptography==50.0.2", "greenlet==3.5.6", "lxml==6.1.3"}

// TestGoodWheels: nothing is wrong with wheels that everybody uses. They are held to
// their own tags.
func TestGoodWheels(t *testing.T) {
	for _, w := range goodWheels {
		if !full() && !slices.Contains(representative, w.requirement) {
			continue
		}
		t.Run(w.requirement+"-"+w.platform, func(t *testing.T) {
			r := noErrors(t, full(), wheel(t, w.requirement, w.platform))
			if r.containers[0].Target == "" {
				t.Error("it was held to nothing")
			}
		})
	}
}
