package install

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestOthers(t *testing.T) {
	s := openStore(t, t.TempDir())
	in := newInstaller(t, s, t.TempDir())
	e := addProgram(t, s, "x", "1")
	p := install(t, in, e)

	foreign, link, copied, data := t.TempDir(), filepath.Join(t.TempDir(), "link"), t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(foreign, "x"), []byte("#!/bin/sh\n"), 0o755))
	must(t, os.Symlink(foreign, link))
	must(t, exec.Command("cp", in.at("x-1"), filepath.Join(copied, "x")).Run())
	must(t, os.WriteFile(filepath.Join(data, "x"), nil, 0o644)) // cannot be run

	for _, c := range []struct {
		path []string
		want []Other
	}{
		{[]string{data, foreign, link, "."}, []Other{{Path: foreign, Order: NotOnPath}}},
		{[]string{foreign, in.Where(), copied}, []Other{{Path: foreign, Order: Shadows}, {Path: copied, Order: Shadowed, Same: true, Version: "1"}}},
		{[]string{in.Where() + "/", foreign}, []Other{{Path: foreign, Order: Shadowed}}},
		{[]string{in.Where()}, nil},
	} {
		got, err := in.Others(t.Context(), p.Record, strings.Join(c.path, ":"))
		must(t, err)
		if len(got) != len(c.want) {
			t.Errorf("%v: %+v", c.path, got)
			continue
		}
		for i, want := range c.want {
			if g := got[i]; filepath.Dir(g.Path) != want.Path || g.Order != want.Order || g.Same != want.Same || g.Version != want.Version || len(g.Hash) != 64 || g.Name != "x" {
				t.Errorf("%v: %+v, want %+v", c.path, g, want)
			}
		}
	}
}

// What the machine's package manager installed, it knows the version of.
func TestPackageVersion(t *testing.T) {
	path, err := exec.LookPath("dpkg-query")
	if err != nil {
		t.Skip("no dpkg here")
	}
	if got := packageVersion(t.Context(), path); !strings.HasPrefix(got, "dpkg 1.") {
		t.Errorf("%q", got)
	}
	if got := packageVersion(t.Context(), os.Args[0]); got != "" {
		t.Errorf("%q", got)
	}
}
