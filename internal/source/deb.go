package source

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/llgo-pypack/llgo-pypack/internal/deb"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// debSource is a package of Debian's, which becomes one entry. Its maintainer scripts
// are not run; what it depends on is another package, and another entry.
type debSource struct {
	scratch
	path string
	o    Options
}

func openDeb(name string, o Options) Source { return &debSource{path: name, o: o} }

// isDeb looks at how the file begins.
func isDeb(name string, info fs.FileInfo) bool {
	if info == nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 32)
	n, _ := io.ReadFull(f, head)
	return deb.Is(head[:n])
}

// Drafts implements Source.
func (s *debSource) Drafts(ctx context.Context) ([]store.Draft, error) {
	dir, err := s.make()
	if err != nil {
		return nil, err
	}
	p, err := deb.Read(ctx, s.path, dir)
	if err != nil {
		return nil, err
	}
	draft := store.Draft{Entry: store.Entry{
		Name: p.Control.Package, Version: p.Control.Version, Licence: debLicence(p),
		Origin: store.Origin{
			Kind: "deb", Name: p.Control.Source, Version: p.Control.Version,
			Source: filepath.Base(s.path), SHA256: store.Hash(p.SHA256),
		},
	}}
	s.o.apply(&draft.Entry)
	var members []Member
	for _, m := range p.Members {
		members = append(members, Member{m.Path, m.Link, m.Executable, m.File})
	}
	if err := Prefix(&draft, members); err != nil {
		return nil, err
	}
	return []store.Draft{draft}, nil
}

// debLicence is what the package's copyright file says.
func debLicence(p *deb.Package) string {
	for _, m := range p.Members {
		if m.Path == "usr/share/doc/"+p.Control.Package+"/copyright" && m.File != "" {
			f, err := os.Open(m.File)
			if err != nil {
				return ""
			}
			defer f.Close()
			return deb.Licence(f)
		}
	}
	return ""
}
