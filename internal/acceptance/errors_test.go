package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A mistake is one clear line that names the place and what to do, and exit 1.
func TestBuildErrors(t *testing.T) {
	t.Parallel()
	hello := program(t, "hello")
	for _, test := range []struct {
		name, main string
		args       []string
		env        string
		want       []string
	}{
		{name: "binding not installed", main: `package main

import "github.com/goplus/lib/py/numpy"

func main() { numpy.Add(nil, nil) }
`, want: []string{"main.go:3:8: numpy is not installed; add it: llgo py add numpy"}},
		{name: "import in Python code", main: strings.Replace(hello, "import sys", "import no_such_module_anywhere", 1),
			want: []string{"main.go:9:2: no_such_module_anywhere is not installed, and the name of its distribution is not known"}},
		{name: "hidden import", main: hello, args: []string{"--py-hidden-import", "no_such_module_anywhere"},
			want: []string{"--py-hidden-import", "no_such_module_anywhere"}},
		{name: "no interpreter", main: hello, args: []string{"--py-python", "/nonexistent/python"}, want: []string{"/nonexistent/python"}},
		{name: "not an interpreter", main: hello, args: []string{"--py-python", "/bin/ls"}, want: []string{"/bin/ls"}},
		{name: "requirement", main: hello, args: []string{"--py-requirement", "numpy==0.0.1"}, want: []string{"numpy==0.0.1"}},
		{name: "platform", main: hello, env: "GOOS=plan9", want: []string{"plan9"}},
		{name: "architecture", main: hello, env: "GOARCH=riscv64", want: []string{"riscv64"}},
		{name: "race", main: hello, args: []string{"-race"}, want: []string{"-race needs cgo"}},
		{name: "C code", main: strings.Replace(hello, "import (", "import (\n\t_ \"github.com/goplus/lib/c/os\"", 1), want: []string{"main.go:4:2", "--py-compiler=llgo"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			src := write(t, test.main)
			r := surroundings(strings.Fields(test.env)).tryBuild(t, src, append([]string{"--py-onedir", "-o", "out/app"}, test.args...)...)
			last := lastError(r.stderr)
			for _, want := range test.want {
				if !strings.Contains(last, want) {
					t.Errorf("%v\nwant an error with %q", r, want)
				}
			}
			if r.code != 1 {
				t.Errorf("exit %d, want 1", r.code)
			}
			if _, err := os.Stat(filepath.Join(src, "out")); err == nil {
				entries, _ := os.ReadDir(filepath.Join(src, "out"))
				if len(entries) > 0 {
					t.Errorf("left behind: %v", entries)
				}
			}
		})
	}
}

// lastError is the last "llgo: " line with its hint.
func lastError(stderr string) string {
	i := strings.LastIndex(stderr, "llgo: ")
	if i < 0 {
		return ""
	}
	return stderr[i:]
}
