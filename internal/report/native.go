package report

import (
	"cmp"
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
// already loaded by its name counts as well. In layout farm links lead to the files.
func needed(linked *helper.Linked) map[string][]string {
	if linked == nil {
		return nil
	}
	there := map[string]string{} // path → the file that it leads to
	named := map[string]string{}
	for _, n := range linked.Names {
		there[n.Dest] = path.Join(path.Dir(n.Dest), n.Target)
	}
	for _, f := range linked.Files {
		there[f.Dest], there[place(f)] = place(f), place(f)
		for _, name := range []string{path.Base(f.Dest), f.SONAME} {
			if _, taken := named[name]; !taken && name != "" {
				named[name] = place(f)
			}
		}
	}
	needs := map[string][]string{}
	for _, f := range linked.Files {
		user := inPython(place(f))
		for _, name := range f.Needed {
			if found := find(f, name, there, named); found != "" && found != place(f) {
				needs[user] = append(needs[user], inPython(found))
			}
		}
		slices.Sort(needs[user])
		needs[user] = slices.Compact(needs[user]) // several links, one file
	}
	return needs
}

// place is where the file itself is.
func place(f helper.LinkedFile) string { return cmp.Or(f.Real, f.Dest) }

// find looks for a library where the loader does.
func find(f helper.LinkedFile, name string, there, named map[string]string) string {
	here := path.Dir(place(f))
	candidates := []string{fromOrigin(name, here)} // a name with a slash is a path
	for _, dir := range f.RunPath {
		candidates = append(candidates, path.Join(fromOrigin(dir, here), path.Base(name)))
	}
	for _, dest := range candidates {
		if file := there[dest]; file != "" {
			return file
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
