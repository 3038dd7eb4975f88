package compiler

import (
	"flag"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/dialect"
	"github.com/llgo-pypack/llgo-pypack/internal/gosource"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
)

func parse(t *testing.T, args ...string) Flags {
	t.Helper()
	var f Flags
	fs := flag.NewFlagSet("build", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	f.Define(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFlagsReachTheGoCommand(t *testing.T) {
	f := parse(t, "-a", "--gcflags=all=-N -l", "-tags", "a,b", "-mod=mod", "-buildvcs=false", "-v", "-modfile", "x.mod", "-o", "out", "-C", "dir")
	if want := []string{"-a=true", "-gcflags=all=-N -l", "-buildvcs=false"}; !reflect.DeepEqual(f.Build, want) {
		t.Errorf("Build = %q, want %q", f.Build, want)
	}
	if want := []string{"-tags=a,b", "-mod=mod", "-modfile=x.mod"}; !reflect.DeepEqual(f.ListFlags(), want) {
		t.Errorf("ListFlags = %q, want %q", f.ListFlags(), want)
	}
	if !f.Verbose || f.Commands || f.Output != "out" || f.Dir != "dir" {
		t.Errorf("%+v", f)
	}
}

func TestFlagsThatNeedMore(t *testing.T) {
	for _, test := range []struct {
		arg, want string // want "" is accepted
	}{
		{"-race", "-race needs cgo"},
		{"-race=false", ""},
		{"-asan", "-asan needs cgo"},
		{"-buildmode=c-shared", "-buildmode=c-shared: only an executable"},
		{"-buildmode=pie", ""},
	} {
		f := parse(t, test.arg)
		err := f.check()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.arg, err, test.want)
		}
	}
}

// Ours go into every -ldflags of the user's: the go command lets the last match win.
func TestLinkFlags(t *testing.T) {
	python := &pydist.Dist{Version: "3.14.6", Minor: "3.14", SONAME: "libpython3.14.so.1.0"}
	ours := "-s -w " + dialect.LinkFlags + " -X " + dialect.ConfigVariable + "=minor=3.14;libpython=lib/libpython3.14.so.1.0;libdir=python3.14"
	for _, test := range []struct{ user, want []string }{
		{nil, []string{ours}},
		{[]string{"-s=0 -w=0"}, []string{ours + " -s=0 -w=0"}},
		{[]string{"-X=main.v=1", "all=-s"}, []string{ours + " -X=main.v=1", "all=" + ours + " -s"}},
	} {
		got := linkFlags(Job{Program: &gosource.Program{}, Python: python, Packaged: true, Flags: Flags{LinkArgs: test.user}})
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q:\n got %q\nwant %q", test.user, got, test.want)
		}
	}
}
