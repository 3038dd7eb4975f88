package pydist

import (
	"archive/zip"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/progress"
)

// archive is the zip of a module release, which holds several trees. A module
// zip knows neither modes nor symbolic links and refuses some names, so each tree
// comes with a list of its files ("files.json").
type archive struct {
	*zip.ReadCloser
	files map[string]*zip.File // by path inside the module
}

// entry is one file of a tree, as files.json has it.
type entry struct {
	Name       string      `json:"name"` // relative, separated by slashes
	Size       int64       `json:"size"` // bytes, after decompression
	Mode       fs.FileMode `json:"perm"` // as Go numbers it, type bits included
	Symlink    string      `json:"symlink"`
	Compressed bool        `json:"compressed"` // the file is stored as Name + ".gz"
}

func (r release) open(zipPath string) (*archive, error) {
	reader, err := zip.OpenReader(zipPath)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", zipPath, err)
	}
	a := &archive{reader, make(map[string]*zip.File, len(reader.File))}
	for _, f := range reader.File {
		if name, ok := strings.CutPrefix(f.Name, modulePath+"@"+r.version+"/"); ok {
			a.files[name] = f
		}
	}
	return a, nil
}

// unpack writes the tree that lies in the archive's directory data to target,
// which it creates. Everything is written through an os.Root: no name and no
// link can lead outside of target.
func (a *archive) unpack(ctx context.Context, data, target string, task progress.Task) error {
	entries, err := a.list(data)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(target)
	if err != nil {
		return err
	}
	defer root.Close()
	for i, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		task.Step(i, e.Name)
		if err := a.write(root, data, e); err != nil {
			return fmt.Errorf("cannot unpack %s to %s: %w", path.Join(data, e.Name), target, err)
		}
	}
	return nil
}

// list reads and checks the list of the files of a tree.
func (a *archive) list(data string) ([]entry, error) {
	name := path.Join(data, "files.json")
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("%s is not in the archive", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var tree struct {
		Files []entry `json:"files"`
	}
	if err := json.NewDecoder(r).Decode(&tree); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	for _, e := range tree.Files {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return tree.Files, nil
}

// check refuses what must not be in a tree: names that are absolute or lead
// outside, links that do, and anything but files, directories and links.
func (e entry) check() error {
	if !filepath.IsLocal(filepath.FromSlash(e.Name)) || path.Clean(e.Name) != e.Name {
		return fmt.Errorf("unsafe name %q", e.Name)
	}
	switch e.Mode.Type() {
	case 0, fs.ModeDir:
		return nil
	case fs.ModeSymlink:
		target := path.Join(path.Dir(e.Name), e.Symlink)
		if e.Symlink == "" || path.IsAbs(e.Symlink) || !filepath.IsLocal(filepath.FromSlash(target)) {
			return fmt.Errorf("unsafe link %q to %q", e.Name, e.Symlink)
		}
		return nil
	}
	return fmt.Errorf("%q is neither file, directory nor link (%v)", e.Name, e.Mode)
}

func (a *archive) write(root *os.Root, data string, e entry) error {
	switch e.Mode.Type() {
	case fs.ModeDir:
		return root.MkdirAll(e.Name, 0o755)
	case fs.ModeSymlink:
		return root.Symlink(e.Symlink, e.Name)
	}
	r, err := a.content(path.Join(data, e.Name), e.Compressed)
	if err != nil {
		return err
	}
	defer r.Close()
	return writeFile(root, e, r)
}

// writeFile refuses to overwrite: no two entries have the same name.
func writeFile(root *os.Root, e entry, r io.Reader) error {
	// Of the modes only "executable" means something to a user; whether the
	// group could write on the machine that made the archive does not.
	w, err := root.OpenFile(e.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644|e.Mode.Perm()&0o111)
	if err != nil {
		return err
	}
	n, err := io.Copy(w, io.LimitReader(r, e.Size+1))
	if err == nil && n != e.Size {
		err = fmt.Errorf("its size is not the %d bytes of the list", e.Size)
	}
	return errors.Join(err, w.Close())
}

// content opens a file of the archive, decompressed.
func (a *archive) content(name string, compressed bool) (io.ReadCloser, error) {
	if compressed {
		name += ".gz"
	}
	f := a.files[name]
	if f == nil {
		return nil, errors.New("it is in the list and not in the archive")
	}
	r, err := f.Open()
	if err != nil || !compressed {
		return r, err
	}
	gz, err := gzip.NewReader(r)
	if err != nil {
		r.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{gz, r}, nil
}
