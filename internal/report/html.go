package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
)

//go:embed page.html
var pageText string

// page is parsed when it is needed; a mistake in it fails every test.
func page() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{
		"bytes": bytesText,
		"num":   func(f float64) string { return fmt.Sprintf("%.2f", f) },
		"share": func(n, of int64) string { return fmt.Sprintf("%.1f", 100*float64(n)/float64(max(1, of))) },
	}).Parse(pageText)
}

// unknownLicense stands where metadata says nothing.
const unknownLicense = "unknown"

// pageData is what the page shows of a report.
type pageData struct {
	*Report
	Width, Height int
	Map           []tile
	Total         Sizes
	BySize        []Component
	Packages      []Size // the largest
	Largest       []File
	Licenses      []licenseLine
	Sorted        []missingGroup
}

// licenseLine is a licence with everything that is under it.
type licenseLine struct {
	License    string
	Components []string
	Size       int64
}

// missingGroup are the missing modules of one reason.
type missingGroup struct {
	Reason, Means string
	Modules       []Missing
}

// HTML returns the report as one page that needs nothing else: no script, no
// font, no image, no network. The map is drawn here, as SVG.
func (r *Report) HTML() ([]byte, error) {
	t, err := page()
	if err != nil {
		return nil, err
	}
	const shown = 40
	packages := r.SizesBy(ByPackage)
	files := slices.Clone(r.Files)
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Compare(b.Size, a.Size) })
	bySize := slices.Clone(r.Components)
	slices.SortStableFunc(bySize, func(a, b Component) int { return cmp.Compare(b.Sizes.Total, a.Sizes.Total) })
	var out bytes.Buffer
	err = t.Execute(&out, pageData{
		Report: r, Width: mapWidth, Height: mapHeight, Map: r.treemap(), Total: r.total(), BySize: bySize,
		Packages: packages[:min(shown, len(packages))], Largest: files[:min(shown, len(files))],
		Licenses: r.licenseList(), Sorted: r.missingGroups(),
	})
	return out.Bytes(), err
}

// License is what is known of a component's licence, in words.
func (c Component) LicenseText() string { return cmp.Or(c.License, unknownLicense) }

func (r *Report) licenseList() []licenseLine {
	var list []licenseLine
	for _, c := range r.Components {
		if c.Kind == TheProgram {
			continue // it is the user's own
		}
		i := slices.IndexFunc(list, func(l licenseLine) bool { return l.License == c.LicenseText() })
		if i < 0 {
			i, list = len(list), append(list, licenseLine{License: c.LicenseText()})
		}
		list[i].Components = append(list[i].Components, title(&c))
		list[i].Size += c.Sizes.Total
	}
	slices.SortFunc(list, func(a, b licenseLine) int { return cmp.Compare(a.License, b.License) })
	return list
}

// meanings of the reasons, those first that matter.
var meanings = [][2]string{
	{"required", "nobody has them, and an import that is always carried out fails without"},
	{"guarded", "fallbacks: on every way to them there is a try, an if, a function or a hook's guess"},
	{"platform", "modules of another system or another Python"},
	{"excluded", "left out on purpose"},
	{"attribute", "made at run time by a package that is there, or no modules at all"},
}

func (r *Report) missingGroups() []missingGroup {
	var groups []missingGroup
	for _, m := range meanings {
		group := missingGroup{Reason: m[0], Means: m[1]}
		for _, missing := range r.Missing {
			if string(missing.Reason) == group.Reason {
				group.Modules = append(group.Modules, missing)
			}
		}
		if len(group.Modules) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}
