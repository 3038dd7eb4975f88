package source

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/bundle"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// BundleDir is the directory of an entry that holds a packaged program as it is.
const BundleDir = "bundle"

// bundleSource is a packaged program with the python/ beside it (llgo build
// --py-onedir), which becomes one entry. Its files are not changed: they find one
// another already.
type bundleSource struct {
	dir     string
	options Options
}

// isBundle takes the directory of a program, or the program itself.
func isBundle(name string, file fs.FileInfo) bool {
	if file == nil {
		return false
	}
	dir := bundleDir(name, file)
	m, err := bundle.ReadManifest(dir)
	return err == nil && (file.IsDir() || m.Program == filepath.Base(name))
}

func bundleDir(name string, file fs.FileInfo) string {
	if file.IsDir() {
		return name
	}
	return filepath.Dir(name)
}

func openBundle(name string, o Options) Source {
	if info, err := os.Stat(name); err == nil {
		name = bundleDir(name, info)
	}
	return &bundleSource{name, o}
}

// Drafts implements Source.
func (s *bundleSource) Drafts(ctx context.Context) ([]store.Draft, error) {
	m, err := bundle.ReadManifest(s.dir)
	if err != nil {
		return nil, err
	}
	problems, err := bundle.Verify(ctx, s.dir)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s is not as it was built: %s", s.dir, problems[0])
	}
	d := bundleDraft(m, s.dir)
	s.options.apply(&d.Entry)
	return []store.Draft{d}, nil
}

// bundleDraft takes what the manifest lists, as it says that it is.
func bundleDraft(m *bundle.Manifest, dir string) store.Draft {
	d := store.Draft{
		Entry: store.Entry{
			Name: m.Program, Version: programVersion(filepath.Join(dir, m.Program)), Kind: store.KindBundle,
			Origin: store.Origin{Kind: "build", Name: m.Program, Source: m.Tool},
		},
		Sources: map[string]string{},
	}
	d.Sources[path.Join(BundleDir, bundle.ManifestPath)] = filepath.Join(dir, filepath.FromSlash(bundle.ManifestPath))
	// The store has no empty directories.
	if !slices.ContainsFunc(m.Files, func(e bundle.Entry) bool { return strings.HasPrefix(e.Path, m.Dynload()+"/") }) {
		d.Entry.Files = append(d.Entry.Files, store.File{Path: path.Join(BundleDir, m.Dynload()), Link: bundle.DynloadLink})
	}
	for _, e := range m.Files {
		name := path.Join(BundleDir, e.Path)
		if e.Kind == bundle.Symlink {
			d.Entry.Files = append(d.Entry.Files, store.File{Path: name, Link: e.Link})
			continue
		}
		d.Sources[name] = filepath.Join(dir, filepath.FromSlash(e.Path))
		d.Entry.Files = append(d.Entry.Files, store.File{Path: name, Executable: e.Mode == "0755"})
	}
	return d
}

// Close implements Source.
func (s *bundleSource) Close() error { return nil }

// programVersion is the version of the program's module, as Go has noted it down:
// "0" where there is none, as in a build of a working tree.
func programVersion(exe string) string {
	info, err := buildinfo.ReadFile(exe)
	if err != nil || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "0"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}
