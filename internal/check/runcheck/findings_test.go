package runcheck

import (
	"slices"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
	"github.com/llgo-pypack/llgo-pypack/internal/check/finding"
	"github.com/llgo-pypack/llgo-pypack/internal/check/policy"
)

// TestFindings: which outcomes are errors, and which depend on who wants them.
func TestFindings(t *testing.T) {
	p, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := &facts.Container{Path: "out", Program: "app", Modules: []facts.Module{{
		Name: "app", Imports: []facts.Import{{Module: "pkg.wanted"}, {Module: "pkg", Names: []string{"also"}}, {Module: "pkg.maybe", Guarded: true}},
	}}}
	s := &Subject{
		Path: "out",
		Modules: []Module{
			{"pkg.also", MissingModule, "x", "ModuleNotFoundError: x"}, {"pkg.maybe", MissingModule, "x", ""}, {"pkg.wanted", MissingModule, "x", ""},
			{"a", OK, "", ""}, {"b", OtherSystem, "winreg", ""}, {"c", MissingLibrary, "libx.so", ""}, {"d", MissingSymbol, "", ""},
			{"e", Crashed, "", ""}, {"f", TimedOut, "", ""}, {"g", Failed, "", ""}, {"h", Skipped, "", ""},
		},
		Starts: []Start{{Code: 2, Stderr: "usage: app\n"}, {Code: 2}},
		Opened: []Opened{{"/etc/ld.so.cache", "strace", ""}, {"/opt/x.conf", "audit hook", "pkg"}, {"/usr/lib/x86_64-linux-gnu/libc.so.6", "strace", ""}},
	}
	r := &Runner{result: Result{Differences: []Difference{
		{"out", "out", "stderr", "line 1"}, {"other", "out", "stderr", "line 1"}, {"other", "out", "stdout", "line 2"}, {"other", "third", "exit", ""},
	}}}
	var got []string
	for _, f := range r.Findings(c, s, p, "linux") {
		got = append(got, string(f.Severity)+" "+f.Rule+" "+f.Subject)
	}
	want := []string{
		"error run-import pkg.also", "warning run-import pkg.maybe", "error run-import pkg.wanted",
		"error run-import c", "error run-import d", "warning run-import e", "warning run-import f", "note run-import g",
		"warning run-start ", "warning run-outside /opt/x.conf",
		"note run-output stderr", "note run-output stderr", "error run-output stdout",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
	for _, start := range []Start{{Error: "exec format error"}, {Code: -1, Signal: "killed"}} {
		s.Starts[0] = start
		if found := r.Findings(c, s, p, "linux"); !slices.ContainsFunc(found, func(f finding.Finding) bool {
			return f.Rule == finding.RunStart && f.Severity == finding.Error
		}) {
			t.Errorf("%+v: %+v", start, found)
		}
	}
}
