package main

import (
	"slices"
	"strings"
	"testing"
)

// measured is a program of which everything that targets ask for was measured.
func measured(name, versus string, warm float64, size int64, build float64) *Program {
	return &Program{
		Name: name, Versus: versus, Size: size, First: &Samples{2 * warm, 2 * warm}, Warm: &Samples{warm, warm},
		Cold: &Build{Wall: build}, Again: &Build{Wall: build / 100},
	}
}

// numpyReport is of one app, with peers of which one is missing.
func numpyReport() *Report {
	cx := measured("cx_freeze onedir", onedir, 30, 0, 0)
	cx.Note = "packages a CPython of its own"
	return &Report{Apps: []*App{{Name: numpyApp, Programs: []*Program{
		measured(onedir, "", 45, 90e6, 20), measured(onefile, "", 50, 22e6, 40),
		measured(onedir+byLLGo, "", 40, 90e6, 20), measured(onefile+byLLGo, "", 41.25, 22e6, 20),
		measured("pyinstaller onedir", onedir, 80, 80e6, 10), measured(pyInstallerOnefile, onefile, 400, 40e6, 20),
		cx, {Name: nuitkaOnefile, Versus: onefile, Missing: "it needs a C compiler"},
		measured(interpreter, "", 60, 0, 0),
	}}}}
}

// row finds a row of targets by the words at its beginning.
func row(t *testing.T, cells ...string) []string {
	t.Helper()
	for _, row := range targetTable(numpyReport().targets()).rows {
		if slices.Equal(row[:len(cells)], cells) {
			return row[len(cells):]
		}
	}
	t.Fatalf("no row %q", cells)
	return nil
}

func TestTargets(t *testing.T) {
	for _, test := range []struct{ row, rest []string }{
		{[]string{"warm start", numpyApp, onedir, interpreter}, []string{"0.90", "0.75", "yes"}},
		{[]string{"warm start", numpyApp, onefile, interpreter}, []string{"0.90", "0.83", "yes"}},
		{[]string{"warm start", numpyApp, onedir, "cx_freeze onedir"}, []string{"1.00", "1.50", "no"}},
		{[]string{"build of nothing new", numpyApp, onefile, none}, []string{"0.30 s", "0.40 s", "no"}},
		{[]string{"size", numpyApp, onefile, pyInstallerOnefile}, []string{"0.75", "0.55", "yes"}},
		{[]string{"size", numpyApp, onefile, nuitkaOnefile}, []string{"1.10", none, none}},
		{[]string{"cold build", numpyApp, onefile, pyInstallerOnefile}, []string{"0.60", "2.00", "no"}},
		{[]string{"first start, to every one", numpyApp, onefile, pyInstallerOnefile}, []string{"0.40", "0.25", "yes"}},
		{[]string{"warm start, more than", numpyApp, onefile + byLLGo, onedir + byLLGo}, []string{"1.50 ms", "1.25 ms", "yes"}},
	} {
		if got := row(t, test.row...); !slices.Equal(got, test.rest) {
			t.Errorf("%q: %q instead of %q", test.row, got, test.rest)
		}
	}
}

// TestTargetsWithoutPeers: what there is nothing to compare with is unknown, not
// reached.
func TestTargetsWithoutPeers(t *testing.T) {
	r := &Report{Apps: []*App{{Name: "hello", Programs: []*Program{measured(onedir, "", 10, 1, 1), measured(onefile, "", 11, 1, 1)}}}}
	for _, target := range r.targets() {
		if target.Unknown != (target.Unit == "") {
			t.Errorf("%+v", target)
		}
	}
}

// TestMissingPeer: it has a row without figures, and the reason is below the table.
func TestMissingPeer(t *testing.T) {
	r := numpyReport()
	out := r.outcome()
	text := out.markdown()
	for _, want := range []string{
		"| matrix | nuitka onefile | – | – | – | – | – | – | – | – | – |",
		"\nno nuitka onefile: it needs a C compiler (matrix)\n",
		"\ncx_freeze onedir: packages a CPython of its own (matrix)\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if slices.Contains(out.plot.names, nuitkaOnefile) || !slices.Contains(out.plot.names, "cx_freeze onedir") {
		t.Errorf("drawn: %q", out.plot.names)
	}
	if err := out.plot.save(t.TempDir() + "/plot.svg"); err != nil {
		t.Error(err)
	}
}
