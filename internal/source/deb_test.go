package source

import (
	"archive/tar"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/deb/debtest"
	"github.com/llgo-pypack/llgo-pypack/internal/elftest"
	"github.com/llgo-pypack/llgo-pypack/internal/readonly"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// native is an ELF file of a package.
func native(t *testing.T, path string, im elftest.Image) debtest.File {
	return debtest.File{Path: path, Data: elftest.Bytes(t, im), Mode: 0o755}
}

// layout lists the files of a draft, links with targets, programs with a star.
func layout(t *testing.T, d store.Draft) []string {
	t.Helper()
	var list []string
	for _, f := range d.Entry.Files {
		switch {
		case f.Link != "":
			f.Path += " -> " + f.Link
		case d.Sources[f.Path] == "":
			t.Errorf("%s has no source", f.Path)
		case f.Executable:
			f.Path += "*"
		}
		list = append(list, f.Path)
	}
	slices.Sort(list)
	return list
}

func wantLayout(t *testing.T, d store.Draft, kind string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := layout(t, d); !slices.Equal(got, want) || d.Entry.Kind != kind {
		t.Errorf("%s\n%s\nwant %s\n%s", d.Entry.Kind, strings.Join(got, "\n"), kind, strings.Join(want, "\n"))
	}
}

func TestDeb(t *testing.T) {
	const copyright = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: x\nLicense: MIT\n"
	path := filepath.Join(t.TempDir(), "tool_2.10-3_amd64.deb")
	debtest.Write(t, path, debtest.Package{
		Name: "tool", Version: "1:2.10-3", Fields: "Source: tools\n",
		Files: []debtest.File{
			native(t, "usr/bin/tool", elftest.Image{Needed: []string{"libtool.so.5", "libprivate.so"}, Message: "tool\n"}),
			{Path: "usr/bin/alias", Link: "tool"},
			{Path: "usr/sbin/script", Data: []byte("#!/bin/sh\n"), Mode: 0o755},
			{Path: "usr/games/game", Link: "/usr/bin/tool"},
			{Path: "usr/bin/editor", Link: "/etc/alternatives/editor"},
			native(t, "usr/lib/x86_64-linux-gnu/libtool.so.5.1", elftest.Image{SONAME: "libtool.so.5"}),
			{Path: "usr/lib/x86_64-linux-gnu/libtool.so.5", Link: "libtool.so.5.1"},
			{Path: "usr/lib/x86_64-linux-gnu/libtool.so", Link: "libtool.so.5.1"},
			{Path: "usr/lib/x86_64-linux-gnu/libelsewhere.so", Link: "libelsewhere.so.3"},
			native(t, "usr/lib/x86_64-linux-gnu/tool/libprivate.so", elftest.Image{SONAME: "libprivate.so"}),
			native(t, "usr/lib/x86_64-linux-gnu/tool/plugin.so", elftest.Image{SONAME: "plugin.so"}),
			{Path: "usr/share/man/man1/tool.1.gz", Data: []byte("x")},
			{Path: "usr/share/man/man1/alias.1.gz", Link: "tool.1.gz"},
			{Path: "usr/share/doc/tool/copyright", Data: []byte(copyright)},
			{Path: "usr/share/doc/other", Link: "tool"},
			{Path: "etc/bash_completion.d/tool", Data: []byte("x")},
			{Path: "etc/tool.conf", Data: []byte("x")},
			{Path: "usr/include/tool.h", Data: []byte("x")},
			{Path: "usr/share/pkgconfig/tool.pc", Data: []byte("x")},
			{Path: "var/lib/tool/state", Data: []byte("x")},
			{Path: "usr/lib/x86_64-linux-gnu/up", Link: "../../../../../../etc/passwd"},
			{Path: "lib/udev", Type: tar.TypeDir, Mode: 0o755},
		},
	})
	d := draft(t, path, Options{})
	wantLayout(t, d, store.KindProgram,
		"bin/tool-2.10-3*", "bin/tool -> tool-2.10-3", "bin/alias -> tool-2.10-3", "bin/game -> tool-2.10-3", "bin/script*",
		"lib/libtool.so.5*", "lib/libtool.so.5.1 -> libtool.so.5", "lib/libtool.so -> libtool.so.5", "lib/libelsewhere.so -> libelsewhere.so.3",
		"lib/libprivate.so*", "lib/tool/plugin.so*",
		"share/man/man1/tool.1.gz", "share/man/man1/alias.1.gz -> tool.1.gz", "share/doc/tool/copyright", "share/doc/other -> tool",
		"share/bash-completion/completions/tool", "etc/tool.conf", "include/tool.h", "lib/pkgconfig/tool.pc")
	e := d.Entry
	if e.Name != "tool" || e.Version != "1:2.10-3" || e.Licence != "MIT" || e.Origin.Kind != "deb" || e.Origin.Name != "tools" || e.Origin.Source != "tool_2.10-3_amd64.deb" || len(e.Origin.SHA256) != 64 {
		t.Errorf("%+v", e)
	}
}

// Packages become entries that the store takes, with what they need resolved.
func TestDebsInStore(t *testing.T) {
	dir := t.TempDir()
	library, program := filepath.Join(dir, "lib.deb"), filepath.Join(dir, "tool.deb")
	debtest.Write(t, library, debtest.Package{Name: "libx1", Version: "1.0", Files: []debtest.File{
		native(t, "usr/lib/x86_64-linux-gnu/libx.so.1.0", elftest.Image{SONAME: "libx.so.1"}),
		{Path: "usr/lib/x86_64-linux-gnu/libx.so.1", Link: "libx.so.1.0"},
	}})
	debtest.Write(t, program, debtest.Package{Name: "tool", Version: "2.0", Files: []debtest.File{
		native(t, "usr/bin/tool", elftest.Image{Needed: []string{"libx.so.1"}, Runpath: "$ORIGIN:$ORIGIN/tool-2.0_deps:$ORIGIN/common_libs", Message: "tool\n"}),
	}})
	data := t.TempDir()
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		_ = readonly.Remove(data)
	})
	lists := []store.Draft{draft(t, library, Options{}), draft(t, program, Options{})}
	var ids []string
	var last *store.Entry
	for _, d := range lists {
		if last, err = s.Add(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, last.ID())
	}
	if wantLayout(t, lists[0], store.KindLibrary, "lib/libx.so.1*", "lib/libx.so.1.0 -> libx.so.1"); last.Resolved["libx.so.1"] != ids[0] {
		t.Errorf("%v, of %v", last.Resolved, ids)
	}
}

func TestProgramName(t *testing.T) {
	for _, c := range [][3]string{
		{"bin/jq", "1.6", "bin/jq-1.6"}, {"bin/jq-1.6", "1.6", "bin/jq-1.6"}, {"bin/x", "2:1.0~rc1", "bin/x-1.0~rc1"},
		{"bin/x", "1!2.0", "bin/x-2.0"}, {"bin/x", "1:2:3", "bin/x-2_3"},
	} {
		if got := ProgramName(c[0], c[1]); got != c[2] {
			t.Errorf("%v: %s", c, got)
		}
	}
}

func TestRelative(t *testing.T) {
	for _, c := range [][3]string{
		{"bin", "bin/x", "x"}, {".", "x", "x"}, {"share/man/man1", "share/man/man3/x.3", "../man3/x.3"},
		{"lib/a", "lib/a", "../a"}, {"a", "b/c", "../b/c"},
	} {
		if got := relative(c[0], c[1]); got != c[2] || filepath.Join(c[0], got) != c[1] {
			t.Errorf("%v: %s", c, got)
		}
	}
}
