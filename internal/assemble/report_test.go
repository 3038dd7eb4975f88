package assemble

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/helper"
	"github.com/llgo-pypack/llgo-pypack/internal/report"
)

func TestPositionsNameNoPathOfThisMachine(t *testing.T) {
	b := &builder{prog: &gosource.Program{Packages: []*gosource.Package{
		{ImportPath: "fmt"},
		{ImportPath: "example.com/app", Module: &gosource.Module{Path: "example.com/app", Dir: "/src/app"}},
		{ImportPath: "example.com/lib/x", Module: &gosource.Module{Path: "example.com/lib", Version: "v1.2.0", Dir: "/mod/example.com/lib@v1.2.0"}},
	}}}
	for name, want := range map[string]string{
		"main.go":                            "main.go",
		"/src/app/cmd/main.go":               "example.com/app/cmd/main.go",
		"/mod/example.com/lib@v1.2.0/x/x.go": "example.com/lib@v1.2.0/x/x.go",
		"/elsewhere/secret/y.go":             "y.go",
	} {
		if got := b.portable(name); got != want {
			t.Errorf("portable(%s) = %s, want %s", name, got, want)
		}
	}
}

// The executable of this test tells which module it is of; the dependencies of real
// programs are looked at in internal/acceptance.
func TestGoModulesOfAnExecutable(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := readRecord(self)
	if !strings.HasPrefix(r.version, "go1.") || !strings.HasPrefix(r.main, "github.com/llgo-pypack/llgo-pypack/internal/assemble") {
		t.Errorf("%q built with %q", r.main, r.version)
	}
	if want := []report.GoModule{{Path: "github.com/llgo-pypack/llgo-pypack"}}; !slices.Equal(r.modules, want) {
		t.Errorf("modules: %v, want %v", r.modules, want)
	}
	if r := readRecord(filepath.Join(t.TempDir(), "none")); r.version != "" || r.main != "" || r.modules != nil {
		t.Errorf("what cannot be read is built from %+v", r)
	}
}

// A library of this machine comes with its package, where dpkg is there to know.
func TestPackagesOfTheSystem(t *testing.T) {
	out, err := exec.Command("dpkg-query", "--listfiles", "libc6").Output()
	if err != nil {
		t.Skip("no dpkg-query that knows libc6: ", err)
	}
	var libc string
	for _, path := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(filepath.Base(path), "libc.so.6") {
			libc = path
		}
	}
	unowned := filepath.Join(t.TempDir(), "libown.so")
	if err := os.WriteFile(unowned, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	found := systemPackages(context.Background(), []helper.LinkFile{
		{Dest: "lib/libown.so", Source: unowned}, {Dest: "lib/libc.so.6", Source: libc}, {Dest: "lib/gone.so", Source: unowned + "x"},
	})
	if p := found["lib/libc.so.6"]; len(found) != 1 || p.Name != "libc6" || p.Version == "" || p.Arch == "" {
		t.Errorf("packages: %v", found)
	}
}
