package trace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// settings are what would have told the analysis, in the vocabulary of
// PyInstaller: the least that implies the rest.
func (c *comparison) settings(r *Report) []Setting {
	var all []Setting
	for _, m := range r.Modules {
		if !m.Implied {
			all = append(all, Setting{Name: "hidden-import", Value: m.Name})
		}
	}
	for _, f := range r.Files {
		all = append(all, c.dataSetting(f))
	}
	for _, l := range r.Libraries {
		if !l.Implied {
			all = append(all, c.librarySetting(l))
		}
	}
	slices.SortFunc(all, func(a, b Setting) int { return strings.Compare(a.Name+"\x00"+a.Value, b.Name+"\x00"+b.Value) })
	return slices.Compact(all)
}

func (c *comparison) dataSetting(f Missed) Setting {
	if dist := metadataOf(f.Name); dist != "" {
		return Setting{Name: "copy-metadata", Value: dist}
	}
	if name := c.packageOf(f.File); name != "" {
		return Setting{Name: "collect-data", Value: name}
	}
	dir := filepath.ToSlash(filepath.Dir(f.Name))
	return Setting{Name: "add-data", Value: f.File + ":" + dir, Here: true}
}

func (c *comparison) librarySetting(l Missed) Setting {
	if name := c.packageOf(l.File); name != "" {
		return Setting{Name: "collect-binaries", Value: name}
	}
	return Setting{Name: "add-binary", Value: l.File + ":.", Here: true}
}

// packageOf is the innermost package that file lies in, below any directory of
// modules; "" if it lies in none.
func (c *comparison) packageOf(file string) string {
	root, inside := c.below(file)
	if root == "" {
		return ""
	}
	for dir := filepath.Dir(inside); dir != "."; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(root, dir, "__init__.py")); err == nil {
			return strings.ReplaceAll(filepath.ToSlash(dir), "/", ".")
		}
	}
	return ""
}
