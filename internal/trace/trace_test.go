package trace

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// plant writes files, "path: content" each, below a new directory.
func plant(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range files {
		name, content, _ := strings.Cut(file, ": ")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	dir := plant(t,
		"records/1.trace: module\ta\t/s/a.py\t__main__\tstatement\nfile\t/s/x\nlibrary\t/l/z.so\nlibrary\t/l/z.so\ndlopen\tz.so\ta\n",
		"records/2.trace: module\ta\t/s/a.py\tb\tcall\nfile\t/s/x\nfuture\tline\nmodule\tcut\t/s/c",
	)
	uses, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := &Uses{
		Modules:   []Module{{"a", "/s/a.py", "b", true}},
		Files:     []string{"/s/x"},
		Libraries: []string{"/l/z.so"},
		Opened:    []Opened{{"z.so", "a"}},
	}
	if !reflect.DeepEqual(uses, want) {
		t.Errorf("got %+v, want %+v", uses, want)
	}
	if _, err := Read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "started no Python") {
		t.Errorf("nothing recorded: %v", err)
	}
}

// settingsOf compares what was used in a directory of packages with a plan that
// has the module "known" and the distribution "Dist-Known".
func settingsOf(t *testing.T, site string, uses Uses) (*Report, []string) {
	t.Helper()
	report, err := Compare(&uses, Packaged{
		Plan: &helper.Plan{
			Files:         []helper.PlanFile{{Dest: "lib/known.pyc", Source: filepath.Join(site, "known.py"), Module: "known"}},
			Distributions: []helper.Distribution{{Name: "Dist-Known"}},
		},
		Packages: []string{site}, Stdlib: "/nonexistent",
	})
	if err != nil {
		t.Fatal(err)
	}
	var settings []string
	for _, s := range report.Settings {
		settings = append(settings, s.Name+"="+strings.ReplaceAll(s.Value, site, "SITE"))
	}
	return report, settings
}

// Of modules only those are settings that nothing missed as well imports by a statement.
func TestMissedModules(t *testing.T) {
	site := plant(t, "known.py: ", "p/__init__.py: ", "p/a.py: ", "p/b.py: ", "c.py: ", "sitecustomize.py: ")
	at := func(name string) string { return filepath.Join(site, name) }
	report, settings := settingsOf(t, site, Uses{Modules: []Module{
		{"known", at("known.py"), "__main__", true},
		{"other_name", at("known.py"), "__main__", true},
		{"p", at("p/__init__.py"), "known", false},
		{"p.a", at("p/a.py"), "p", false},
		{"p.b", at("p/b.py"), "p.a", true},
		{"c", at("c.py"), "p.b", false},
		{"frozen", "<frozen x>", "", true},
		{"sitecustomize", at("sitecustomize.py"), "site", false},
	}})
	if want := []string{"hidden-import=p", "hidden-import=p.b"}; !reflect.DeepEqual(settings, want) {
		t.Errorf("settings %q, want %q", settings, want)
	}
	if len(report.Modules) != 4 || report.Empty() {
		t.Errorf("missed %+v", report.Modules)
	}
}

// Data belongs to the innermost package; what is not below a directory of
// packages is not Python's.
func TestMissedFiles(t *testing.T) {
	site := plant(t,
		"p/__init__.py: ", "p/deep/__init__.py: ", "p/deep/data/x.json: ", "loose/x.txt: ", "known.py: ",
		"dist_known-1.dist-info/METADATA: ", "Other.Dist-2.dist-info/METADATA: ", "third-1.dist-info/METADATA: ",
	)
	var files []string
	for _, name := range []string{
		"p/deep/data/x.json", "p/__init__.py", "loose/x.txt", "known.py", "absent.txt",
		"dist_known-1.dist-info/METADATA", "Other.Dist-2.dist-info/METADATA",
	} {
		files = append(files, filepath.Join(site, name))
	}
	_, settings := settingsOf(t, site, Uses{Files: append(files, "/etc/hosts", site)})
	want := []string{"add-data=SITE/loose/x.txt:loose", "collect-data=p.deep", "copy-metadata=Other.Dist"}
	if !reflect.DeepEqual(settings, want) {
		t.Errorf("settings %q, want %q", settings, want)
	}

	// All metadata was read: somebody asked for entry points.
	all, _ := filepath.Glob(filepath.Join(site, "*.dist-info", "METADATA"))
	if _, settings := settingsOf(t, site, Uses{Files: all}); settings != nil {
		t.Errorf("a scan gives settings %q", settings)
	}
}

// Libraries of the machine are named for this system only; those that every
// machine has are not.
func TestMissedLibraries(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("libraries are traced on Linux")
	}
	zlib, libc := ofMachine(t, "libz.so.1"), ofMachine(t, "libc.so.6")
	site := plant(t, "p/__init__.py: ", "p/not.so: no library")
	data, err := os.ReadFile(zlib)
	if err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(site, "p", "libz.so.1")
	if err := os.WriteFile(inside, data, 0o755); err != nil {
		t.Fatal(err)
	}
	report, settings := settingsOf(t, site, Uses{Libraries: []string{zlib, libc, filepath.Join(site, "p", "not.so")}})
	if want := []string{"add-binary=" + zlib + ":."}; !reflect.DeepEqual(settings, want) || !report.Settings[0].Here {
		t.Errorf("settings %q, want %q", settings, want)
	}
	if _, settings := settingsOf(t, site, Uses{Libraries: []string{inside}}); !reflect.DeepEqual(settings, []string{"collect-binaries=p"}) {
		t.Errorf("a package's library: %q", settings)
	}
}

func ofMachine(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"/lib/*-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib"} {
		if found, _ := filepath.Glob(filepath.Join(dir, name)); len(found) > 0 {
			return found[0]
		}
	}
	t.Skipf("no %s on this machine", name)
	return ""
}
