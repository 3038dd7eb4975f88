package trace

import (
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/helper"
)

// Packaged is what the analysis found, and where a program's files are.
type Packaged struct {
	Plan      *helper.Plan
	Libraries []helper.LinkFile // libraries of this machine that joined
	Packages  []string          // directories that packages are installed in
	Own       []string          // directories of the program's own modules
	Stdlib    string
}

// Report is what a program used and its package would not have, sorted.
type Report struct {
	Modules   []Missed
	Files     []Missed
	Libraries []Missed
	Settings  []Setting // what makes the next analysis find it
}

// Missed is a module, data file or library.
type Missed struct {
	Name string // of a module: dotted; of a library: its SONAME; of a file: its path below the directory of packages
	File string // absolute
	By   string // the module that imports it, the library that needs it; "" if that is not known
	// Implied: By is missed as well, and brings it along.
	Implied bool
}

// Setting is a value of [tool.llgo-py].
type Setting struct {
	Name  string // "hidden-import"
	Value string
	Here  bool // it names a file of this machine: of this operating system only
}

// Empty reports whether the analysis had missed nothing.
func (r *Report) Empty() bool { return len(r.Modules)+len(r.Files)+len(r.Libraries) == 0 }

// Compare finds what uses has and have lacks.
func Compare(uses *Uses, have Packaged) (*Report, error) {
	rules, err := readPolicy()
	if err != nil {
		return nil, err
	}
	c := &comparison{have: have, rules: rules, known: map[string]bool{}, modules: map[string]bool{}, libraries: map[string]bool{}}
	for _, f := range have.Plan.Files {
		c.known[real(f.Source)] = true
		c.modules[f.Module] = true
		c.libraries[path.Base(f.Dest)] = true
	}
	for _, l := range have.Libraries {
		c.known[real(l.Source)] = true
		c.libraries[path.Base(l.Dest)] = true
	}
	report := &Report{}
	report.Modules = c.missedModules(uses.Modules)
	report.Files = c.missedFiles(uses.Files)
	report.Libraries = c.missedLibraries(uses.Libraries, report.Modules)
	report.Settings = c.settings(report)
	return report, nil
}

type comparison struct {
	have    Packaged
	rules   policy
	known   map[string]bool // files of the package, as they are on this machine
	modules map[string]bool
	// libraries are the names in the package: a copy from elsewhere serves as well.
	libraries map[string]bool
}

func real(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	return path
}

// notOfPrograms are modules that site looks for on the machine it runs on.
var notOfPrograms = []string{"sitecustomize", "usercustomize", module}

func (c *comparison) missedModules(modules []Module) []Missed {
	lacking := map[string]bool{}
	var missed []Missed
	for _, m := range modules {
		if c.modules[m.Name] || c.known[real(m.File)] || slices.Contains(notOfPrograms, m.Name) || !isFile(m.File) {
			continue
		}
		lacking[m.Name] = true
		missed = append(missed, Missed{Name: m.Name, File: m.File, By: m.Importer, Implied: !m.Called})
	}
	for i := range missed {
		missed[i].Implied = missed[i].Implied && lacking[missed[i].By]
	}
	return missed
}

// missedFiles are the data files of packages and of the program's own modules.
// What else a program opens is its user's, or the machine's.
func (c *comparison) missedFiles(files []string) []Missed {
	var missed []Missed
	scanned := c.scanned(files)
	for _, file := range files {
		root, inside := c.below(file)
		switch filepath.Ext(file) {
		case ".py", ".pyc", ".pth", ".so":
			continue
		}
		if root == "" || c.known[real(file)] || !isFile(file) {
			continue
		}
		if dist := metadataOf(inside); dist != "" && (scanned[root] || c.travels(dist)) {
			continue
		}
		missed = append(missed, Missed{Name: inside, File: file})
	}
	return missed
}

// below is the directory of packages or own modules that file is in, and its path there.
func (c *comparison) below(file string) (root, inside string) {
	for _, dir := range slices.Concat(c.have.Packages, c.have.Own, []string{c.have.Stdlib}) {
		for _, dir := range []string{dir, real(dir)} {
			if rest, ok := strings.CutPrefix(file, dir+string(filepath.Separator)); ok && len(dir) > len(root) {
				root, inside = dir, rest
			}
		}
	}
	return root, inside
}

// metadataOf is the name of the distribution whose metadata a file is, or "".
func metadataOf(inside string) string {
	dir, _, found := strings.Cut(inside, string(filepath.Separator))
	name, isInfo := strings.CutSuffix(dir, ".dist-info")
	if !isInfo {
		name, isInfo = strings.CutSuffix(dir, ".egg-info")
	}
	if !isInfo || !found {
		return ""
	}
	name, _, _ = strings.Cut(name, "-")
	return name
}

// scanned are the directories in which the metadata of every distribution was
// read: somebody looked for entry points, and nothing follows for any of them.
func (c *comparison) scanned(files []string) map[string]bool {
	read := map[string]map[string]bool{}
	for _, file := range files {
		if root, inside := c.below(file); metadataOf(inside) != "" {
			dir, _, _ := strings.Cut(inside, string(filepath.Separator))
			if read[root] == nil {
				read[root] = map[string]bool{}
			}
			read[root][dir] = true
		}
	}
	all := map[string]bool{}
	for root, dirs := range read {
		found, _ := filepath.Glob(filepath.Join(root, "*.*-info"))
		all[root] = len(found) > 1 && len(found) <= len(dirs)
	}
	return all
}

// travels reports whether the package has the distribution's metadata: what of it
// stays behind is not for programs.
func (c *comparison) travels(dist string) bool {
	return slices.ContainsFunc(c.have.Plan.Distributions, func(d helper.Distribution) bool {
		return strings.EqualFold(strings.NewReplacer("-", "_", ".", "_").Replace(d.Name), strings.NewReplacer(".", "_").Replace(dist))
	})
}

func (c *comparison) missedLibraries(files []string, modules []Missed) []Missed {
	own := map[string]bool{} // extension modules are mapped as well
	neededBy := map[string]string{}
	for _, m := range modules {
		own[real(m.File)] = true
		if l, ok := readLibrary(m.File); ok {
			note(neededBy, l, m.Name)
		}
	}
	var missed []Missed
	for _, file := range files {
		l, ok := readLibrary(file)
		if !ok || own[real(file)] || c.known[real(file)] || c.libraries[l.soname] || c.rules.isSystem(l.soname, runtime.GOOS) {
			continue
		}
		note(neededBy, l, l.soname)
		missed = append(missed, Missed{Name: l.soname, File: file})
	}
	for i, m := range missed {
		if by, ok := neededBy[m.Name]; ok {
			missed[i].By, missed[i].Implied = by, true
		}
	}
	return missed
}

func note(neededBy map[string]string, l library, name string) {
	for _, needed := range l.needed {
		if _, ok := neededBy[needed]; !ok {
			neededBy[needed] = name
		}
	}
}

func isFile(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular()
}
