package report

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/nearest"
)

// Target is something that can be asked about.
type Target struct {
	node  node
	State string // of a module that is not there: "missing", "invalid", "excluded"
	// Missing says more of it, where somebody imports it.
	Missing *Missing
}

// Name is the module, the path or the component's ID.
func (t Target) Name() string { return t.node.name }

// NotThere is the error for a name that nothing in a package has.
type NotThere struct {
	Name    string
	Nearest []string // names that were perhaps meant
}

func (e *NotThere) Error() string {
	text := fmt.Sprintf("%s: no module, file or distribution of the package", e.Name)
	if len(e.Nearest) > 0 {
		text += "; did you mean " + strings.Join(e.Nearest, ", ") + "?"
	}
	return text
}

// Hint is what to type if the module is needed.
func (e *NotThere) Hint() string {
	if len(e.Nearest) > 0 || !dotted.MatchString(e.Name) {
		return ""
	}
	return "llgo build --py-hidden-import " + e.Name + " …   # if the program imports it by a computed name"
}

// dotted is what can be the name of a module.
var dotted = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$`)

// Target finds what a name means: a module; a distribution; a file, by its path in
// the package with or without python/, or by enough of its end to be the only one.
func (g *Graph) Target(name string) (Target, error) {
	if t, ok := g.module(name); ok {
		return t, nil
	}
	for _, n := range []node{{PyPackage, name}, {PyPackage, "pypi/" + normalized(name)}} {
		if g.known[n] {
			return Target{node: n}, nil
		}
	}
	found := g.files(name)
	switch len(found) {
	case 0:
		return Target{}, &NotThere{name, g.nearest(name)}
	case 1:
		return Target{node: node{InTree, found[0]}}, nil
	}
	const shown = 4
	more := ""
	if len(found) > shown {
		more = fmt.Sprintf(" and %d more", len(found)-shown)
		found = found[:shown]
	}
	return Target{}, fmt.Errorf("%s: which one? %s%s", name, strings.Join(found, ", "), more)
}

func (g *Graph) module(name string) (Target, bool) {
	n := node{PyModule, name}
	if !g.known[n] || strings.HasPrefix(name, "<") {
		return Target{}, false
	}
	t := Target{node: n}
	for i := range g.report.Missing {
		if g.report.Missing[i].Module == name {
			t.Missing = &g.report.Missing[i]
		}
	}
	for _, m := range g.report.Modules {
		if m.Name == name {
			t.State = m.State
		}
	}
	return t, true
}

// files are the files that a path, the end of one, or a part of a file's name
// ("openblas") can mean. A link means what it leads to, unless it is named in full.
func (g *Graph) files(name string) []string {
	name = strings.TrimPrefix(path.Clean(strings.TrimPrefix(name, "./")), "/")
	var exact, end, part []string
	links := map[string]string{}
	for _, f := range g.report.Files {
		if f.Link != "" {
			links[f.Path] = path.Join(path.Dir(f.Path), f.Link)
		}
	}
	for _, f := range g.report.Files {
		switch {
		case f.Path == name || f.Path == inPython(name):
			exact = append(exact, f.Path)
		case strings.HasSuffix(f.Path, "/"+name):
			end = append(end, behind(f.Path, links))
		case strings.Contains(path.Base(f.Path), name):
			part = append(part, behind(f.Path, links))
		}
	}
	for _, found := range [][]string{exact, end, part} {
		if len(found) > 0 {
			// encodings/__init__.pyc is in the module file, and a file that finds it.
			slices.Sort(found)
			return slices.Compact(found)
		}
	}
	return nil
}

// behind is what a path leads to through links, which a bundle has no loops of.
func behind(name string, links map[string]string) string {
	for links[name] != "" {
		name = links[name]
	}
	return name
}

// nearest are names that somebody perhaps meant: a module, a distribution, a file.
func (g *Graph) nearest(name string) []string {
	var modules, others []string
	for _, m := range g.report.Modules {
		if m.State == "" && !strings.HasPrefix(m.Name, "<") {
			modules = append(modules, m.Name)
		}
	}
	for _, c := range g.report.Components {
		others = append(others, c.Name)
	}
	for _, f := range g.report.Files {
		others = append(others, path.Base(f.Path))
	}
	var near []string
	for _, candidates := range [][]string{modules, others} {
		if n := nearest.Of(name, candidates); n != "" && !slices.Contains(near, n) {
			near = append(near, n)
		}
	}
	return near
}
