package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
)

// Level is how much a table of sizes takes together; the names are llgo's.
type Level string

// The levels of llgo's -size-level. What a module is to Go, a distribution is to Python.
const (
	ByModule  Level = "module"  // a line for each component: CPython, numpy, …
	ByPackage Level = "package" // a line for each Python package, two levels deep, and each library
	ByFile    Level = "full"    // a line for each file
)

// Levels are all of them, the default first.
var Levels = []Level{ByModule, ByPackage, ByFile}

// Size is a line of a table of sizes.
type Size struct {
	Name string `json:"name"`
	Sizes
}

// SizesBy returns the lines of a table, the largest first.
func (r *Report) SizesBy(level Level) []Size {
	sums := map[string]*Sizes{}
	for _, f := range r.Files {
		name := r.lineOf(f, level)
		if sums[name] == nil {
			sums[name] = &Sizes{}
		}
		sums[name].add(f.Kind, f.Size)
	}
	lines := make([]Size, 0, len(sums))
	for name, sizes := range sums {
		lines = append(lines, Size{name, *sizes})
	}
	slices.SortFunc(lines, func(a, b Size) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Name, b.Name))
	})
	return lines
}

// lineOf is the line of a table that a file counts for.
func (r *Report) lineOf(f File, level Level) string {
	switch {
	case level == ByFile || level == ByPackage && f.Kind == bundle.Library:
		return f.Path
	case level == ByPackage && f.Module != "":
		parts := strings.SplitN(f.Module, ".", 3)
		return strings.Join(parts[:min(2, len(parts))], ".")
	case level == ByPackage && path.Dir(f.Path) != ".":
		return path.Dir(f.Path) + "/"
	}
	if c := r.component(f.Component); c != nil {
		return strings.TrimSpace(c.Name + " " + c.Version)
	}
	return f.Component
}

// total adds up all files.
func (r *Report) total() Sizes {
	var sum Sizes
	for _, f := range r.Files {
		sum.add(f.Kind, f.Size)
	}
	return sum
}

// WriteSizes writes a table for people, in the form of llgo's -size: the same
// frame, with what a packaged program consists of in its columns.
func (r *Report) WriteSizes(w io.Writer, binary string, level Level) error {
	const rule = "----------------------------- | ---------- | ----------------"
	var b strings.Builder
	fmt.Fprintf(&b, "\nSize report for %s\n", binary)
	fmt.Fprintf(&b, "     code    python      data |      total | %s\n%s\n", level, rule)
	line := func(s Sizes, name string) {
		fmt.Fprintf(&b, "%9d %9d %9d | %10d | %s\n", s.Code, s.Python, s.Data, s.Total, name)
	}
	for _, s := range r.SizesBy(level) {
		line(s.Sizes, s.Name)
	}
	b.WriteString(rule + "\n")
	line(r.total(), "total")
	if r.Program.Kind == Onefile {
		fmt.Fprintf(&b, "%29s | %10d | %s, compressed\n", "", r.Program.Size, r.Program.Name)
	}
	for _, l := range r.LeftOut {
		fmt.Fprintf(&b, "%29s | %10d | left out: %s\n", "", l.Size, l.Name)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteSizesJSON writes the same for machines, with the keys of llgo's -size-format=json.
func (r *Report) WriteSizesJSON(w io.Writer, binary string, level Level) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Binary  string `json:"binary"`
		Modules []Size `json:"modules"`
		Total   Size   `json:"total"`
	}{binary, r.SizesBy(level), Size{"total", r.total()}})
}
