package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

func TestPeerList(t *testing.T) {
	for value, want := range map[string]string{"true": "pyinstaller,cx_freeze", "false": "", "nuitka,pyinstaller": "nuitka,pyinstaller"} {
		var peers peerList
		if err := peers.Set(value); err != nil || peers.String() != want {
			t.Errorf("%s: %q, %v", value, peers.String(), err)
		}
	}
	var peers peerList
	if err := peers.Set("pyinstaller,zip"); err == nil || !strings.Contains(err.Error(), `"zip"`) {
		t.Errorf("an unknown peer: %v", err)
	}
}

// TestNuitkaLacks: headers of the very interpreter, and patience for pandas.
func TestNuitkaLacks(t *testing.T) {
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler")
	}
	base := &pydist.Dist{Minor: "3.14", ABIFlags: "t", BasePrefix: t.TempDir()}
	if got := nuitkaLacks(base); !strings.Contains(got, "include/python3.14t/Python.h") {
		t.Errorf("without headers: %q", got)
	}
	header := filepath.Join(base.BasePrefix, "include", "python3.14t", "Python.h")
	if err := errors.Join(os.MkdirAll(filepath.Dir(header), 0o700), os.WriteFile(header, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if got := nuitkaLacks(base); got != "" {
		t.Errorf("with headers: %q", got)
	}
	for _, p := range nuitka.packagers(&peer{}) {
		if p.missing("dataframe") == "" || p.missing("hello") != "" {
			t.Errorf("%s: what takes long is built unasked", p.name)
		}
	}
	for _, p := range nuitka.packagers(&peer{chosen: true}) {
		if reason := p.missing("dataframe"); reason != "" {
			t.Errorf("%s: %s, although it was asked for", p.name, reason)
		}
	}
}

// TestFailingPeer: what a peer cannot build is missing, for the reason that it says
// last; what ours cannot is an error.
func TestFailingPeer(t *testing.T) {
	p := &packager{
		name: "peer", versus: onedir,
		fresh:  func(context.Context, string, string) error { return nil },
		output: func(app string) string { return app },
		build: func(ctx context.Context, _, _ string) (*exec.Cmd, error) {
			return exec.CommandContext(ctx, "sh", "-c", "echo progress; echo the reason >&2; exit 3"), nil
		},
	}
	program, err := p.program(t.Context(), "hello", t.TempDir(), nil)
	if err != nil || program.Missing != "the reason" || program.Versus != onedir || program.warm() != 0 {
		t.Errorf("%+v, %v", program, err)
	}
	p.versus = ""
	if _, err := p.program(t.Context(), "hello", t.TempDir(), nil); err == nil {
		t.Error("one of ours: no error")
	}
}

// TestPrintingPeer: a program that prints something else is no program of the app.
func TestPrintingPeer(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	work := t.TempDir()
	u, err := newUser(work)
	if err != nil {
		t.Fatal(err)
	}
	for text, missing := range map[string]bool{"$(cat " + filepath.Join(source("hello"), "expected.txt") + ")": false, "Hello": true} {
		p := &packager{
			name: "peer", versus: onedir, file: true, once: true,
			fresh:  func(context.Context, string, string) error { return nil },
			output: func(app string) string { return app },
			build: func(ctx context.Context, app, dir string) (*exec.Cmd, error) {
				exe := filepath.Join(dir, app)
				return exec.CommandContext(ctx, "sh", "-c", `printf '#!/bin/sh\necho "%s"\n' "`+text+`" >"$0"; chmod +x "$0"`, exe), nil
			},
		}
		program, err := p.program(t.Context(), "hello", work, u)
		if err != nil || (program.Missing != "") != missing {
			t.Errorf("%q: %+v, %v", text, program, err)
		}
	}
}
