package env

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Only the variables whose directories are there are set; what was set stays behind,
// and everything else is as it was.
func TestEnviron(t *testing.T) {
	f := newFixture(t)
	f.program("hello", "1.0")
	e := f.create("demo", "hello")
	home := f.set.Home("demo")
	got := Environ(e, home, []string{"HOME=/h", "PATH=/a:/b", "XDG_DATA_DIRS=", "X=1"})
	want := []string{
		"HOME=/h", "PATH=" + home + "/bin:/a:/b", "XDG_DATA_DIRS=" + home + "/share:/usr/local/share:/usr/share", "X=1",
		"MANPATH=" + home + "/share/man:",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	empty := f.create("empty")
	if got := Environ(empty, f.set.Home("empty"), []string{"A=b"}); !slices.Equal(got, []string{"A=b"}) {
		t.Errorf("an empty environment sets %q", got)
	}
}

// zsh finds the completions by the line that is shown for it.
func TestZshFunctions(t *testing.T) {
	f := newFixture(t)
	f.add("data", "x", "1", tree{"share/zsh/site-functions/_hello": "#compdef hello"})
	f.create("demo", "x")
	f.create("empty")
	if line := ZshFunctions(f.set.Home("empty")); line != "" {
		t.Errorf("%q", line)
	}
	line := ZshFunctions(f.set.Home("demo"))
	if want := "fpath=(" + f.set.Home("demo") + "/share/zsh/site-functions $fpath)"; line != want {
		t.Errorf("%q, want %q", line, want)
	}
	zsh, err := exec.LookPath("zsh")
	if err != nil {
		t.Log("no zsh on this machine")
		return
	}
	out, err := exec.Command(zsh, "-f", "-c", line+"; autoload -Uz _hello; autoload +X _hello && echo found").CombinedOutput()
	if err != nil || string(out) != "found\n" {
		t.Errorf("%v: %s", err, out)
	}
}

// The lines to do it by hand do the same, in a real shell.
func TestShellLines(t *testing.T) {
	f := newFixture(t)
	f.program("hello", "1.0")
	e := f.create("demo", "hello")
	at := f.set.Home("demo")
	for _, environ := range [][]string{
		{},
		{"PATH=/odd $dir/it's:/usr/bin", "MANPATH=/m", "XDG_DATA_DIRS=/d"},
	} {
		var script strings.Builder
		for _, v := range Variables(e, at) {
			script.WriteString(v.Shell() + "\n")
		}
		for _, v := range Variables(e, at) {
			script.WriteString(`echo "$` + v.Name + `"` + "\n")
		}
		cmd := exec.Command("/bin/sh", "-c", script.String())
		cmd.Env = environ
		out, err := cmd.Output()
		must(t, err)
		lines := strings.Split(string(out), "\n")
		for i, v := range Variables(e, at) {
			want := ""
			for _, text := range Environ(e, at, environ) {
				if value, ok := strings.CutPrefix(text, v.Name+"="); ok {
					want = value
				}
			}
			// A shell without PATH has a default of its own.
			if got := lines[i]; got != want && !(len(environ) == 0 && v.Name == "PATH") {
				t.Errorf("%s: %q by hand, %q by run", v.Name, got, want)
			}
		}
	}
	if got := quote(filepath.Join("/a b", "it's")); got != `'/a b/it'\''s'` {
		t.Errorf("%s", got)
	}
}
