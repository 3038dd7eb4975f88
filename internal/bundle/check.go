package bundle

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// maxLinks is how many links may lead to one another before it counts as a loop.
const maxLinks = 40

// check checks the items against each other and their sources.
func (p *Plan) check(in Input) error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	t := p.checkPaths(report)
	p.checkLinks(t, report)
	p.checkCase(in.Python.OS, report)
	p.checkModules(t, report)
	p.checkDistributions(report)
	p.checkSources(report)
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("packaging: %w", problems[0])
	}
	return fmt.Errorf("packaging: %w (and %d more)", problems[0], len(problems)-1)
}

// A tree is the items by path, with the directories they imply.
type tree struct {
	items map[string]*item
	dirs  map[string]bool
}

// checkPaths reports paths that are not clean, reserved, or used twice.
func (p *Plan) checkPaths(report func(string, ...any)) tree {
	t := tree{items: map[string]*item{}, dirs: map[string]bool{}}
	for _, dir := range p.dirs() {
		t.dirs[dir] = true
	}
	for i := range p.items {
		it := &p.items[i]
		switch {
		case !cleanPath(it.Path):
			report("%q is not a path inside the tree", it.Path)
		case it.Path == pythonDir+"/"+manifestName:
			report("%s is written by the bundle itself", it.Path)
		case t.items[it.Path] != nil:
			report("two files for %s: %s and %s", it.Path, t.items[it.Path].from(), it.from())
		case t.dirs[it.Path]:
			report("%s is %s and a directory", it.Path, it.Kind)
		}
		t.items[it.Path] = it
	}
	return t
}

// from says where an item comes from, in messages.
func (it *item) from() string {
	switch {
	case it.Kind == Symlink:
		return "a link to " + it.Link
	case it.source != "":
		return it.source
	}
	return "the bundle's own"
}

// cleanPath tells whether a path is relative, free of "." and "..", and text: the
// manifest is JSON, which has no other strings.
func cleanPath(name string) bool {
	return name != "" && name != "." && name != ".." && path.Clean(name) == name &&
		!path.IsAbs(name) && !strings.HasPrefix(name, "../") &&
		utf8.ValidString(name) && !strings.ContainsRune(name, 0)
}

// checkLinks reports links that leave python/ or lead nowhere.
func (p *Plan) checkLinks(t tree, report func(string, ...any)) {
	for i := range p.items {
		switch it := &p.items[i]; {
		case it.Kind != Symlink && it.Link != "":
			report("%s is %s and has a link target", it.Path, it.Kind)
		case it.Kind != Symlink && it.source == "" && it.data == nil:
			report("%s has no source", it.Path)
		case it.Kind == Symlink && it.source != "":
			report("%s is a link and has a source", it.Path)
		case it.Kind == Symlink:
			if err := t.follow(it); err != nil {
				report("%s: link to %q %w", it.Path, it.Link, err)
			}
		}
	}
}

var (
	errLeaves  = errors.New("leaves the tree")
	errNowhere = errors.New("leads to nothing in the tree")
	errLoop    = errors.New("leads back to itself")
)

// follow follows a link until it comes to a file or a directory.
func (t tree) follow(it *item) error {
	for range maxLinks {
		if it.Link == "" || path.IsAbs(it.Link) {
			return errLeaves
		}
		at := path.Join(path.Dir(it.Path), it.Link)
		if at != pythonDir && !strings.HasPrefix(at, pythonDir+"/") {
			return errLeaves
		}
		next, rest := t.through(at)
		switch {
		case next == nil && t.dirs[at]:
			return nil
		case next == nil || next.Kind != Symlink && rest != "":
			return errNowhere
		case next.Kind != Symlink:
			return nil
		}
		// Where the link is part of the way, the rest goes on behind it.
		it = &item{Entry: Entry{Path: next.Path, Link: path.Join(next.Link, rest)}}
	}
	return errLoop
}

// through returns the item that is a path or the nearest thing above it, and
// what of the path is below.
func (t tree) through(at string) (next *item, rest string) {
	for dir := at; dir != "."; dir = path.Dir(dir) {
		if next := t.items[dir]; next != nil {
			return next, strings.TrimPrefix(strings.TrimPrefix(at, dir), "/")
		}
	}
	return nil, ""
}

// checkCase reports names that are one on file systems without case, as macOS
// has. Elsewhere they work, and the tree can only not be copied there.
func (p *Plan) checkCase(goos string, report func(string, ...any)) {
	if goos != "darwin" {
		report = func(format string, args ...any) {
			p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...))
		}
	}
	names := map[string]string{}
	note := func(name string) {
		folded := strings.ToLower(strings.ToUpper(name))
		if other, ok := names[folded]; ok && other != name {
			report("%s and %s differ by case only", other, name)
		}
		names[folded] = name
	}
	for _, dir := range p.dirs() {
		note(dir)
	}
	for _, it := range p.items {
		note(it.Path)
	}
}

// checkDistributions reports files of a distribution that is not described.
func (p *Plan) checkDistributions(report func(string, ...any)) {
	known := map[string]bool{}
	for _, d := range p.manifest.Distributions {
		if known[d.Name] {
			report("the distribution %s is there twice", d.Name)
		}
		known[d.Name] = true
	}
	owned := func(name, distribution string) {
		if distribution != "" && !known[distribution] {
			report("%s belongs to %s, which is not among the distributions", name, distribution)
		}
	}
	for _, it := range p.items {
		owned(it.Path, it.Distribution)
	}
	for _, m := range p.manifest.Modules {
		owned(m.Path, m.Distribution)
	}
}

// checkModules reports modules without a module file, and modules listed twice.
func (p *Plan) checkModules(t tree, report func(string, ...any)) {
	file := p.manifest.ModuleFile
	if it := t.items[file]; file != "" && (it == nil || it.Kind != ModuleFile) {
		report("%s is not among the files", file)
	}
	for i, m := range p.manifest.Modules {
		switch {
		case !cleanPath(m.Path):
			report("%q is not a path inside the tree", m.Path)
		case i > 0 && m.Path == p.manifest.Modules[i-1].Path:
			report("%s is in the module file twice", m.Path)
		}
	}
}
