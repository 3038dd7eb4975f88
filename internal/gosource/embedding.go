package gosource

import (
	"regexp"
	"slices"
	"strings"
)

// pythonPackage are the names under which pkg-config knows CPython: python3,
// python3-embed, python-3.12, python-3.12-embed.
var pythonPackage = regexp.MustCompile(`^python-?3(\.[0-9]+)?(-embed)?$`)

// EmbedsPython reports whether the program links libpython by cgo, and so starts
// Python itself: a package says "#cgo pkg-config: python3-embed", or -lpython3.X.
func (p *Program) EmbedsPython() bool {
	return slices.ContainsFunc(p.Packages, func(pkg *Package) bool {
		return !pkg.Standard && len(pkg.CgoFiles) > 0 && (slices.ContainsFunc(pkg.CgoPkgConfig, pythonPackage.MatchString) ||
			slices.ContainsFunc(pkg.CgoLDFLAGS, func(flag string) bool { return strings.HasPrefix(flag, "-lpython3") }))
	})
}
