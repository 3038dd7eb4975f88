package wheel

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/installed"
)

// layout is a distribution all of whose files are known but the generated ones,
// which are written below dir.
type layout struct {
	dir   string
	files []File
}

func (l *layout) distribution(info string) (*Distribution, error) {
	meta := installed.Read(info)
	if meta == nil || meta.Version == "" {
		return nil, fmt.Errorf("%s/METADATA says no name or version", filepath.Base(info))
	}
	scripts, err := entryPoints(filepath.Join(info, "entry_points.txt"))
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		if err := l.write(path.Join("bin", name), scripts[name].script(), true); err != nil {
			return nil, err
		}
	}
	base := filepath.Base(info)
	if err := l.write(path.Join(SitePackages, base, "INSTALLER"), installer, false); err != nil {
		return nil, err
	}
	slices.SortFunc(l.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return &Distribution{
		Name: meta.Name, Version: meta.Version, Licence: meta.Licence, Tags: meta.Tags, Info: base, Files: l.files,
	}, nil
}

// write makes a generated file, in place of one of the same path.
func (l *layout) write(name, text string, executable bool) error {
	mode := os.FileMode(0o644)
	if executable {
		mode = 0o755
	}
	l.files = slices.DeleteFunc(l.files, func(f File) bool { return f.Path == name })
	out := filepath.Join(l.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(out, []byte(text), mode); err != nil {
		return err
	}
	l.files = append(l.files, File{name, out, executable})
	return os.Chmod(out, mode)
}

// FromInstalled lays out the distribution that an installer has put into a
// site-packages directory, of which info is the .dist-info directory: the files
// that its RECORD lists, byte code apart, are taken from where they are. What has
// to be different is written below the directory dir.
func FromInstalled(info, dir string) (*Distribution, error) {
	d, err := fromInstalled(info, dir)
	if err != nil {
		err = fmt.Errorf("%s: %w", info, err)
	}
	return d, err
}

func fromInstalled(info, dir string) (*Distribution, error) {
	found := installed.Read(info)
	if found == nil {
		return nil, fmt.Errorf("not an installed distribution")
	}
	if found.Editable != "" {
		return nil, fmt.Errorf("an editable installation of %s: its files are elsewhere", found.Editable)
	}
	listed := found.Files()
	if len(listed) == 0 {
		return nil, fmt.Errorf("its RECORD lists nothing")
	}
	l := &layout{dir: dir}
	for _, f := range listed {
		target, ok := ofInstalled(f.Path, filepath.Base(info))
		if !ok {
			return nil, fmt.Errorf("RECORD lists %s, which is outside of the environment", f.Path)
		}
		if target == "" {
			continue
		}
		if err := l.take(target, filepath.Join(found.Site(), filepath.FromSlash(f.Path))); err != nil {
			return nil, err
		}
	}
	return l.distribution(info)
}

// ofInstalled is where a file that RECORD lists belongs in the layout, "" for one
// that does not belong to the distribution.
func ofInstalled(listed, info string) (target string, ok bool) {
	if outside, found := strings.CutPrefix(listed, prefix); found {
		// Headers are installed below include/site/python3.14.
		if parts := strings.Split(outside, "/"); len(parts) > 3 && parts[0] == "include" && parts[1] == "site" {
			outside = path.Join("include", path.Join(parts[3:]...))
		}
		return outside, filepath.IsLocal(outside)
	}
	dir, rest, _ := strings.Cut(listed, "/")
	if dir == info && slices.Contains(notKept, rest) || strings.Contains(listed, "__pycache__/") {
		return "", true
	}
	return path.Join(SitePackages, listed), filepath.IsLocal(listed)
}

// take adds a file; a script of Python's as it has to be.
func (l *layout) take(target, source string) error {
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	executable := info.Mode()&0o111 != 0
	if strings.HasPrefix(target, "bin/") {
		data, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		return l.write(target, string(relocate(data)), true)
	}
	l.files = append(l.files, File{target, source, executable})
	return nil
}
