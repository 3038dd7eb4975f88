package gosource

import (
	"os"
	"path/filepath"
	"slices"
)

// Files are the names of what a package is compiled from, beside GoFiles, CgoFiles
// and SFiles, as `go list -json` reports them.
type Files struct {
	CFiles, CXXFiles, MFiles, HFiles, FFiles []string
	SwigFiles, SwigCXXFiles, SysoFiles       []string
	EmbedFiles                               []string
	CgoPkgConfig, CgoLDFLAGS                 []string // what cgo is told
}

const filesFields = "CFiles,CXXFiles,MFiles,HFiles,FFiles,SwigFiles,SwigCXXFiles,SysoFiles,EmbedFiles,CgoPkgConfig,CgoLDFLAGS"

// Inputs are the files that the program is compiled from, the standard library's
// aside: sources, go.mod and go.sum of its modules, the profile. Absolute paths,
// sorted. What C sources of it include is not among them.
func (p *Program) Inputs() []string {
	var files []string
	for _, pkg := range p.Packages {
		if pkg.Standard {
			continue
		}
		for _, names := range [][]string{
			pkg.GoFiles, pkg.CgoFiles, pkg.SFiles, pkg.CFiles, pkg.CXXFiles, pkg.MFiles, pkg.HFiles, pkg.FFiles,
			pkg.SwigFiles, pkg.SwigCXXFiles, pkg.SysoFiles, pkg.EmbedFiles,
		} {
			for _, name := range names {
				files = append(files, filepath.Join(pkg.Dir, name))
			}
		}
		if pkg.Module != nil && pkg.Module.GoMod != "" {
			files = append(files, pkg.Module.GoMod, filepath.Join(filepath.Dir(pkg.Module.GoMod), "go.sum"))
		}
	}
	files = append(files, filepath.Join(p.Main.Dir, "default.pgo"))
	slices.Sort(files)
	return slices.DeleteFunc(slices.Compact(files), func(name string) bool {
		_, err := os.Stat(name)
		return err != nil
	})
}

// HasCgo reports whether a C compiler takes part, which reads what nobody lists.
func (p *Program) HasCgo() bool {
	return slices.ContainsFunc(p.Packages, func(pkg *Package) bool {
		return !pkg.Standard && len(pkg.CgoFiles)+len(pkg.SwigFiles)+len(pkg.SwigCXXFiles) > 0
	})
}
