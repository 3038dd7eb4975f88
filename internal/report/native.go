package report

import (
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// needed says which files of the bundle each native file is linked with: path to
// paths, as in the manifest. A name that nothing in the bundle has is one of the
// libraries that every machine has.
//
// It follows what the linked files say of themselves, in the loader's order: the
// directories of the search path. What no search path finds but libpython has
// already loaded by its name counts as well.
func needed(linked *helper.Linked) map[string][]string {
	if linked == nil {
		return nil
	}
	there := map[string]bool{}
	named := map[string]string{}
	for _, f := range linked.Files {
		there[f.Dest] = true
		for _, name := range []string{path.Base(f.Dest), f.SONAME} {
			if _, taken := named[name]; !taken && name != "" {
				named[name] = f.Dest
			}
		}
	}
	needs := map[string][]string{}
	for _, f := range linked.Files {
		for _, name := range f.Needed {
			if dest := find(f, name, there, named); dest != "" && dest != f.Dest {
				needs[inPython(f.Dest)] = append(needs[inPython(f.Dest)], inPython(dest))
			}
		}
		slices.Sort(needs[inPython(f.Dest)])
	}
	return needs
}

// find looks for a library where the loader does.
func find(f helper.LinkedFile, name string, there map[string]bool, named map[string]string) string {
	here := path.Dir(f.Dest)
	candidates := []string{fromOrigin(name, here)} // a name with a slash is a path
	for _, dir := range f.RunPath {
		candidates = append(candidates, path.Join(fromOrigin(dir, here), path.Base(name)))
	}
	for _, dest := range candidates {
		if there[dest] {
			return dest
		}
	}
	return named[path.Base(name)]
}

// fromOrigin replaces the loaders' words for the directory of the file that searches.
func fromOrigin(text, here string) string {
	for _, variable := range []string{"$ORIGIN", "${ORIGIN}", "@loader_path"} {
		if rest, ok := strings.CutPrefix(text, variable); ok {
			return path.Join(here, rest)
		}
	}
	return text
}
