package assemble

import (
	"cmp"
	"debug/buildinfo"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/dialect"
	"github.com/llgo-pypack/llgo-pypack/internal/report"
)

// goRecord is what Go's linker records in an executable.
type goRecord struct {
	version string // of Go: "go1.26.8"
	main    string // import path of the main package, "" if it was built of files
	modules []report.GoModule
}

// recorded tells a report which Go code was written. Of one file that a launcher starts
// it is the program's, and what the launcher is built from besides.
func (b *builder) recorded(in *report.Input, tree *bundle.Result) {
	r := readRecord(b.out)
	inside := slices.ContainsFunc(tree.Manifest.Files, func(e bundle.Entry) bool { return e.Kind == bundle.Program })
	if inside && b.set.Onefile.Value {
		launcher := r
		r = readRecord(tree.Program)
		r.version = cmp.Or(r.version, launcher.version)
		for _, m := range launcher.modules {
			if m.Version != "" { // not the launcher itself
				r.modules = append(r.modules, m)
			}
		}
		r.sort()
	}
	if _, isPacked := b.comp.(packed); isPacked {
		in.Program.Package = cmp.Or(r.main, in.Program.Package)
	}
	in.Program.Go, in.GoModules = r.version, r.modules
}

// readRecord reads from an executable what it is built from. One without that
// record, as another compiler may write it, has none.
func readRecord(exe string) goRecord {
	info, err := buildinfo.ReadFile(exe)
	if err != nil {
		return goRecord{}
	}
	r := goRecord{version: info.GoVersion, main: info.Path}
	if r.main == "command-line-arguments" {
		r.main = ""
	}
	for _, dep := range info.Deps {
		m := report.GoModule{Path: dep.Path, Version: dep.Version}
		if other := dep.Replace; other != nil {
			// A directory of this machine has no version, nor a name for others.
			m = report.GoModule{Path: dep.Path}
			switch {
			case strings.HasPrefix(other.Path, dialect.StandIns):
				m.Version = dep.Version // translated, and still that version
			case other.Version != "":
				m = report.GoModule{Path: other.Path, Version: other.Version}
			}
		}
		r.modules = append(r.modules, m)
	}
	if info.Main.Path != "" {
		r.modules = append(r.modules, report.GoModule{Path: info.Main.Path})
	}
	r.sort()
	return r
}

func (r *goRecord) sort() {
	slices.SortFunc(r.modules, func(a, b report.GoModule) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Version, b.Version))
	})
	r.modules = slices.Compact(r.modules)
}
