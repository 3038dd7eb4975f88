package facts

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
)

// Names of an onedir tree.
const (
	pythonDir    = "python"
	manifestPath = "python/manifest.json"
)

// openDir finds the containers below a directory.
func openDir(ctx context.Context, dir string) (found []*Container, err error) {
	defer func() {
		if err != nil {
			for _, c := range found {
				c.Close()
			}
			found = nil
		}
	}()
	rest := &Container{Path: dir, Kind: Directory}
	trees, err := onedirs(ctx, dir)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, at := range trees {
		c, err := openOnedir(ctx, at)
		if err != nil {
			return found, err
		}
		found = append(found, c)
		for i := range c.Files {
			taken[filepath.Join(at, filepath.FromSlash(c.Files[i].Path))] = true
		}
	}
	err = walk(ctx, dir, func(name string, f File) error {
		if taken[name] {
			return nil
		}
		c, err := ownContainer(ctx, name, &f)
		switch {
		case err != nil:
			return err
		case c != nil:
			found = append(found, c)
		default:
			rest.Files = append(rest.Files, f)
		}
		return nil
	})
	if err == nil && (len(rest.Files) > 0 || len(found) == 0) {
		rest.finish()
		found = append(found, rest)
	}
	slices.SortStableFunc(found, func(a, b *Container) int { return cmp.Compare(a.Path, b.Path) })
	return found, err
}

// ownContainer opens a file among others that is a container of its own: a wheel or a
// onefile. Other binaries belong together.
func ownContainer(ctx context.Context, name string, f *File) (*Container, error) {
	if !f.Mode.IsRegular() || !strings.HasSuffix(name, ".whl") && f.Mode&0o111 == 0 {
		return nil, nil
	}
	c, err := openFile(ctx, name)
	if err != nil || c == nil || c.Kind != Executable {
		return c, err
	}
	return nil, c.Close()
}

// onedirs returns the directories below dir, itself included, that hold a tree.
func onedirs(ctx context.Context, dir string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(name, filepath.FromSlash(manifestPath))); err == nil {
			found = append(found, name)
		}
		return ctx.Err()
	})
	return found, err
}

// openOnedir opens the tree in dir: the program that its manifest names, and python/.
// If the manifest cannot be read, everything in dir belongs to it.
func openOnedir(ctx context.Context, dir string) (*Container, error) {
	c := &Container{Path: dir, Kind: Onedir}
	m, err := bundle.ReadManifest(dir)
	var pathError *fs.PathError
	switch {
	case errors.As(err, &pathError):
		return nil, err
	case err != nil:
		c.damage(manifestPath, "%s", strings.TrimPrefix(err.Error(), filepath.Join(dir, filepath.FromSlash(manifestPath))+": "))
	default:
		c.Manifest, c.Program = m, m.Program
	}
	err = walk(ctx, dir, func(_ string, f File) error {
		if c.Manifest == nil || f.Path == c.Program || strings.HasPrefix(f.Path, pythonDir+"/") {
			c.Files = append(c.Files, f)
		}
		return nil
	})
	c.finish()
	return c, err
}

// walk visits every file, link and empty directory below dir.
func walk(ctx context.Context, dir string, visit func(name string, f File) error) error {
	return filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if entry.IsDir() {
			if inside, err := os.ReadDir(name); err != nil || len(inside) > 0 {
				return err
			}
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		f, err := onDisk(name, filepath.ToSlash(rel), info)
		if err != nil {
			return err
		}
		return visit(name, f)
	})
}

// finish puts the files in order. A name that is there twice stays once.
func (c *Container) finish() {
	slices.SortStableFunc(c.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	c.Files = slices.CompactFunc(c.Files, func(a, b File) bool {
		if a.Path == b.Path {
			c.damage(a.Path, "is there twice")
		}
		return a.Path == b.Path
	})
}

// File returns the file at a path of the container, nil if there is none.
func (c *Container) File(name string) *File {
	i, ok := slices.BinarySearchFunc(c.Files, path.Clean(name), func(f File, name string) int { return cmp.Compare(f.Path, name) })
	if !ok {
		return nil
	}
	return &c.Files[i]
}
