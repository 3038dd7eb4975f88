package env

import (
	"path"
	"regexp"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// A Layer lays the members of its kinds into a generation. It is called once, with
// those members in the order in which they matter; [Plan] has the rest.
type Layer func(p *Plan, members []Laid) error

// layers are the kinds that every environment can hold, in the order in which they
// are laid.
func layers() []kindLayer {
	return []kindLayer{
		{[]string{store.KindProgram, store.KindLibrary, store.KindData}, layPrefixes},
		{[]string{store.KindBundle}, layBundles},
	}
}

type kindLayer struct {
	kinds []string
	lay   Layer
}

// layPrefixes lays entries that are trees like a prefix: every file at its own path.
func layPrefixes(p *Plan, members []Laid) error {
	for _, m := range members {
		for _, f := range m.Entry.Files {
			if !p.takes(m.Role, f.Path) {
				continue
			}
			switch {
			case isPkgConfig(f):
				if err := p.pkgConfig(m, f); err != nil {
					return err
				}
			case f.Native != nil && f.Native.Interpreter != "":
				p.RealFile(m, f.Path, f)
			default:
				p.File(m, f.Path, f)
			}
		}
		for soname, at := range m.Entry.Provides {
			if f := m.Entry.File(at); f != nil && path.Dir(at) != libDir {
				p.File(m, path.Join(libDir, soname), *f)
			}
		}
	}
	for _, dir := range []string{"bin", "sbin", "games"} {
		if p.Has(dir) {
			p.SearchPath(dir)
		}
	}
	return nil
}

// buildOnly are the files that only a build reads.
var buildOnly = regexp.MustCompile(`^(include|lib/pkgconfig|share/pkgconfig|lib/cmake|share/cmake|share/aclocal)/|^lib/[^/]*\.(a|la|o)$`)

// takes tells which files of an entry come along: all of one that was asked for, and
// of a plain one; of a library what is needed to run, or to build as well.
func (p *Plan) takes(role Role, name string) bool {
	if role != RoleLibrary {
		return true
	}
	if buildOnly.MatchString(name) {
		return p.Spec.Development
	}
	return strings.HasPrefix(name, "lib/") || strings.HasPrefix(name, "share/")
}

// layBundles lays onedir trees, each in a directory of its own: a bundle finds its
// Python beside its program's real path. bin/ has links to the programs.
func layBundles(p *Plan, members []Laid) error {
	const prefix = "bundle/"
	for _, m := range members {
		home := path.Join("bundles", m.Entry.Name)
		for _, f := range m.Entry.Files {
			inside, ok := strings.CutPrefix(f.Path, prefix)
			if !ok {
				p.File(m, f.Path, f)
				continue
			}
			// Everything in a bundle is found from the program: no symbolic links.
			p.RealFile(m, path.Join(home, inside), f)
			p.Private(path.Join(home, inside))
			if f.Executable && !strings.Contains(inside, "/") {
				p.Symlink(m, path.Join("bin", inside), path.Join("..", home, inside))
			}
		}
	}
	if p.Has("bin") {
		p.SearchPath("bin")
	}
	return nil
}
