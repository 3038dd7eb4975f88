package facts

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Extract writes the packed files of a onefile below dir, an empty directory. Its paths
// and links stay inside, for a payload with others does not open.
func (c *Container) Extract(ctx context.Context, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for i := range c.Files {
		f := &c.Files[i]
		if !f.Packed {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := extract(root, f); err != nil {
			return err
		}
	}
	return nil
}

func extract(root *os.Root, f *File) error {
	name := filepath.FromSlash(f.Path)
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	switch {
	case f.Mode.IsDir():
		return root.MkdirAll(name, 0o755)
	case f.Mode&fs.ModeSymlink != 0:
		return root.Symlink(filepath.FromSlash(f.Target), name)
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode.Perm()|0o200)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}

// ModuleNames returns the dotted names of all modules of the container that can be
// imported: Python and extension modules, sorted.
func (c *Container) ModuleNames() []string {
	var names []string
	for i := range c.Files {
		f := &c.Files[i]
		if name, ok := moduleOf(f.Path); ok {
			names = append(names, name)
		} else if name, ok := extensionOf(f); ok {
			names = append(names, name)
		}
	}
	if c.Manifest != nil {
		for _, e := range c.Manifest.Files {
			if e.Module != "" {
				names = append(names, e.Module)
			}
		}
		for _, m := range c.Manifest.Modules {
			names = append(names, m.Module)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// extensionOf returns the module that a shared library is, by its name: one with a tag,
// or any below lib-dynload.
func extensionOf(f *File) (string, bool) {
	dir, base := path.Split(f.As())
	stem, ok := strings.CutSuffix(base, ".so")
	name, tag, _ := strings.Cut(stem, ".")
	tagged := strings.HasPrefix(tag, "cpython-") || tag == "abi3" || f.Binary != nil && f.Binary.Extension != nil
	if !ok || !isIdentifier(name) || !tagged && path.Base(dir) != "lib-dynload" {
		return "", false
	}
	return moduleName(path.Join(dir, name)), true
}
