package compiler

import (
	"errors"
	"os"
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

func TestSelect(t *testing.T) {
	found := func() (string, error) { return "/somewhere/llgo", nil }
	missing := func() (string, error) { return "", ErrNoLLGo }
	for _, test := range []struct {
		kind       Kind
		find       func() (string, error)
		name, note string
		err        string
	}{
		{Go, found, "go", "", ""},
		{Auto, missing, "go", "", ""},
		{Auto, found, "go", "/somewhere/llgo", ""},
		{LLGo, missing, "", "", "not found"},
		{LLGo, found, "", "", "/somewhere/llgo, but"},
	} {
		c, note, err := Select(test.kind, test.find)
		if err != nil {
			if test.err == "" || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: %v, want %q", test.kind, err, test.err)
			}
			continue
		}
		if test.err != "" || c.Name() != test.name || !strings.Contains(note, test.note) || (note == "") != (test.note == "") {
			t.Errorf("%s: %s, note %q", test.kind, c.Name(), note)
		}
	}
}
