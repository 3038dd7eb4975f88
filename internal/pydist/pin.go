package pydist

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/objects"
	"github.com/llgo-pypack/llgo-pypack/internal/parallel"
)

// errUnknown says that what a distribution consists of is not all in its directories.
var errUnknown = errors.New("not all of it is known")

// Pin returns d with an Identity that stands for all that can be imported from it, by
// content: packages come and go in an interpreter or environment of the user's. Every
// file of the standard library and of the site directories is read, byte code that
// Python keeps apart; times and sizes are not asked. One that has more than is in its
// directories (links to others, editable installations that code finds) is returned as it
// is, and not Pinned. Managed distributions never change.
func (d *Dist) Pin(ctx context.Context) (*Dist, error) {
	if d.Managed {
		return d, nil
	}
	sum, err := d.contents(ctx)
	if errors.Is(err, errUnknown) {
		return d, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", d.Prefix, err)
	}
	pinned := *d
	pinned.Identity, pinned.Pinned = hashText(d.Identity+"\n"+sum), true
	pinned.unpinned = d.Identity
	return &pinned, nil
}

// Same reports whether a distribution is what it was when it was pinned.
func (d *Dist) Same(ctx context.Context) (bool, error) {
	if !d.Pinned {
		return d.Managed, nil
	}
	sum, err := d.contents(ctx)
	if err != nil && !errors.Is(err, errUnknown) {
		return false, err
	}
	return err == nil && hashText(d.unpinned+"\n"+sum) == d.Identity, nil
}

// contents is a hash of everything that can be imported.
func (d *Dist) contents(ctx context.Context) (string, error) {
	roots := append([]string{d.Stdlib, d.PlatStdlib}, d.SitePackages...)
	var files []string
	for i, root := range roots {
		if root == "" || slices.Contains(roots[:i], root) {
			continue
		}
		found, err := importable(root, i < 2)
		if err != nil {
			return "", err
		}
		files = append(append(files, root), found...)
	}
	sums := make([]string, len(files))
	err := parallel.Each(ctx, len(files), func(i int) (err error) {
		if !slices.Contains(roots, files[i]) { // of which the name counts
			sums[i], err = objects.HexOfFile(files[i])
		}
		return err
	})
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for i, file := range files {
		fmt.Fprintf(h, "%d:%s%s\n", len(file), file, sums[i])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// importable lists the files below root. Of a standard library, the directories of
// installed packages in it are on the path by themselves, or not at all.
func importable(root string, stdlib bool) (files []string, err error) {
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return missingRoot(err, path == root)
		}
		name := e.Name()
		switch {
		case e.IsDir() && (name == "__pycache__" || stdlib && path != root && isSite(name)):
			return filepath.SkipDir
		case e.IsDir():
			return nil
		case strings.HasPrefix(name, "__editable__") && strings.HasSuffix(name, ".py"):
			return errUnknown
		case stdlib && strings.HasSuffix(name, ".a"): // the interpreter as an archive
			return nil
		case !e.Type().IsRegular():
			info, err := os.Stat(path)
			if err != nil {
				return nil // a link to nothing
			}
			if !info.Mode().IsRegular() {
				return errUnknown
			}
		}
		files = append(files, path)
		return nil
	})
	return files, err
}

func missingRoot(err error, isRoot bool) error {
	if isRoot && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func isSite(name string) bool { return name == "site-packages" || name == "dist-packages" }
