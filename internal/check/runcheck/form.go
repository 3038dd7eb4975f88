package runcheck

import (
	"debug/buildinfo"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/check/facts"
)

// A program is what is known of which program a container has.
type program struct {
	main string // the path of its main package, "" if the Go linker did not record it
	sum  string // SHA-256 of the executable by its manifest, "" without one
	name string // by its manifest, "" if it is not packaged
}

// programOf describes the program of c, which is started at path.
func programOf(c *facts.Container, path string) program {
	var p program
	if c.Payload == nil || !c.Payload.Launcher { // a launcher is the same for all programs
		p.main = mainPackage(path)
	}
	if c.Manifest == nil {
		return p
	}
	p.name = c.Manifest.Program
	for i := range c.Manifest.Files {
		if c.Manifest.Files[i].Path == p.name {
			p.sum = c.Manifest.Files[i].SHA256
		}
	}
	return p
}

// mainPackage is what an executable is built from, by Go's own record.
func mainPackage(path string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil || info.Path == "command-line-arguments" { // built of files, without a name
		return ""
	}
	return info.Path
}

// isForm tells whether two containers are forms of one program, as far as it is known:
// by the main package, by the executable, and where neither says it by the name, of which
// an ending tells forms apart (app, app.onefile). What is not packaged was named by the
// user, as something to compare.
func (p program) isForm(q program) bool {
	switch {
	case p.main != "" && q.main != "":
		return p.main == q.main
	case p.sum != "" && p.sum == q.sum:
		return true
	case p.name == "" || q.name == "":
		return true
	}
	return stem(p.name) == stem(q.name)
}

func stem(name string) string {
	before, _, _ := strings.Cut(name, ".")
	return before
}
