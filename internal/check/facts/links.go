package facts

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
)

// Directories of layout farm that hold names for the loader, not places where Python
// looks for files.
const (
	symlinksDir = pythonDir + "/symlinks/"
	openedDir   = pythonDir + "/ld_library_paths/"
)

// IsFarm tells whether the container is a bundle of layout farm: its shared objects are
// opened through links, wherever they are themselves.
func (c *Container) IsFarm() bool { return c.Manifest != nil && c.Manifest.Layout == bundle.Farm }

// findLinks fills File.Links.
func (c *Container) findLinks() {
	if !c.IsFarm() {
		return
	}
	for i := range c.Files {
		link := &c.Files[i]
		if link.Mode&fs.ModeSymlink == 0 {
			continue
		}
		if f := c.behind(link); f != nil {
			f.Links = append(f.Links, link.Path)
		}
	}
}

// behind returns the file that a link leads to, nil if there is none.
func (c *Container) behind(f *File) *File {
	for range 40 { // as many as Linux follows
		if f == nil || f.Mode&fs.ModeSymlink == 0 {
			return f
		}
		f = c.File(path.Join(path.Dir(f.Path), f.Target))
	}
	return nil
}

// As is the path by which Python knows a file: that of the first link to it that is not
// only a name for the loader, else its own.
func (f *File) As() string {
	i := slices.IndexFunc(f.Links, func(link string) bool {
		return !strings.HasPrefix(link, symlinksDir) && !strings.HasPrefix(link, openedDir)
	})
	if i < 0 {
		return f.Path
	}
	return f.Links[i]
}
