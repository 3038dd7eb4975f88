package compiler

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The real llgo is the first executable file of that name on PATH which is not
// this very file, under whatever name or link.
func TestFindLLGo(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	place := func(name string, put func(path string) error) string {
		path := filepath.Join(dir, name, "llgo")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), put(path)); err != nil {
			t.Fatal(err)
		}
		return filepath.Dir(path)
	}
	link := place("link", func(p string) error { return os.Symlink(self, p) })
	folder := place("folder", func(p string) error { return os.Mkdir(p, 0o755) })
	text := place("text", func(p string) error { return os.WriteFile(p, nil, 0o644) })
	real := place("real", func(p string) error { return os.WriteFile(p, []byte("#!/bin/sh\n"), 0o755) })

	t.Setenv(BinVariable, "")
	t.Setenv("PATH", strings.Join([]string{link, folder, text, filepath.Join(dir, "none"), real}, string(filepath.ListSeparator)))
	if got, err := FindLLGo(); got != filepath.Join(real, "llgo") || err != nil {
		t.Errorf("FindLLGo = %q, %v", got, err)
	}
	t.Setenv("PATH", link)
	if got, err := FindLLGo(); !errors.Is(err, ErrNoLLGo) {
		t.Errorf("FindLLGo = %q, %v", got, err)
	}
}

// Another build of this program, in another place, would hand over to this one.
func TestFindLLGoIsNoFrontEnd(t *testing.T) {
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "llgo"), frontEnd)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Setenv(BinVariable, "")
	t.Setenv("PATH", dir)
	if got, err := FindLLGo(); !errors.Is(err, ErrNoLLGo) {
		t.Errorf("FindLLGo = %q, %v", got, err)
	}
	t.Setenv(BinVariable, filepath.Join(dir, "llgo"))
	if got, err := FindLLGo(); err == nil || !strings.Contains(err.Error(), "is this program itself") {
		t.Errorf("FindLLGo = %q, %v", got, err)
	}
}

func TestSelect(t *testing.T) {
	real, broken := standIn(t, "v0.13.0"), standIn(t, "")
	old := standIn(t, "v0.12.2")
	find := func(path string) func() (string, error) {
		return func() (string, error) {
			if path == "" {
				return "", ErrNoLLGo
			}
			return path, nil
		}
	}
	for _, test := range []struct {
		kind       Kind
		path       string
		name, note string
		err        string
	}{
		{Go, real, "go", "", ""},
		{Auto, "", "go", "", ""},
		{Auto, real, "llgo v0.13.0", real, ""},
		{Auto, old, "go", "packaging needs v0.13.0 or later; compiler go builds instead", ""},
		{Auto, broken, "go", "is no llgo that works", ""},
		{LLGo, real, "llgo v0.13.0", real, ""},
		{LLGo, "", "", "", "not found"},
		{LLGo, old, "", "", "is llgo v0.12.2: packaging needs v0.13.0 or later"},
		{LLGo, broken, "", "", "is no llgo that works"},
	} {
		c, note, err := Select(context.Background(), test.kind, os.Environ(), find(test.path))
		if err != nil {
			if test.err == "" || !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v, want %q", test.kind, err, test.err)
			}
			continue
		}
		if test.err != "" || c.Name() != test.name || !strings.Contains(note, test.note) || (note == "") != (test.note == "") {
			t.Errorf("%s %s: %s, note %q", test.kind, test.path, c.Name(), note)
		}
	}
}
