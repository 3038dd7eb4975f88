package acceptance

import (
	"os"
	"path/filepath"
	"testing"
)

// Every app prints, packaged in each layout and sealed off, what it prints unpackaged.
// To analyse the whole standard library, as layout farm has it, takes long: without
// LLGO_PY_TEST_FULL, TestForms has it of matrix.
func TestApps(t *testing.T) {
	t.Parallel()
	apps, err := os.ReadDir(filepath.Join(root, "testdata", "apps"))
	if err != nil || len(apps) < 5 {
		t.Fatal("testdata/apps:", apps, err)
	}
	for _, app := range apps {
		t.Run(app.Name(), func(t *testing.T) {
			t.Parallel()
			src, out := sources(t, app.Name()), t.TempDir()
			if app.Name() != "additions" { // what is added, left out or hooked is so in a package only
				unpackaged(t, src, app.Name())
			}
			asExpected(t, app.Name(), packaged(t, app.Name()), "mapped")
			layouts := []string{"tree"}
			if full() {
				layouts = append(layouts, "farm")
			}
			for _, layout := range layouts {
				build(t, src, "--py-onedir", "--py-layout", layout, "-o", filepath.Join(out, layout, app.Name()))
				asExpected(t, app.Name(), filepath.Join(out, layout), layout)
			}
		})
	}
}

func unpackaged(t *testing.T, src, name string) {
	exe := filepath.Join(t.TempDir(), "plain")
	build(t, src, "-o", exe)
	if r := startIn(t, exe); r.code != 0 || r.stdout != expected(t, name) {
		t.Errorf("unpackaged: %v\nwant:\n%s", r, expected(t, name))
	}
}

// asExpected runs an app that is packaged in dir.
func asExpected(t *testing.T, name, dir, layout string) {
	t.Helper()
	if r := sealed(t, filepath.Join(dir, name), nil); r.code != 0 || r.stdout != expected(t, name) || r.stderr != "" {
		t.Errorf("packaged, layout "+layout+": %v\nwant:\n%s", r, expected(t, name))
	}
}

// moveOut moves src/out away, so that src can be hidden.
func moveOut(t *testing.T, src string) string {
	t.Helper()
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(filepath.Join(src, "out"), moved); err != nil {
		t.Fatal(err)
	}
	return moved
}
