package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/llgo-pypack/llgo-pypack/internal/config"
	"github.com/llgo-pypack/llgo-pypack/internal/pydist"
	"github.com/llgo-pypack/llgo-pypack/internal/store"
)

// PythonDir is the directory of an entry that holds a CPython: bin/ and lib/ are
// below it, as CPython's own layout has them, so that it finds its standard library
// from where it is.
const PythonDir = "python"

// pythonSource is a CPython, a managed one or the user's, which becomes one entry:
// the interpreter, its library and the standard library, without what is installed
// in it. Byte code is left out; it is made for each environment's interpreter.
type pythonSource struct {
	managed string // the version of a managed one; "" is the user's
	path    string
	options Options
}

// managedName is how a managed CPython is asked for.
var managedName = regexp.MustCompile(`^python@(\d[\w.]*)$`)

// interpreterName is what interpreters are called.
var interpreterName = regexp.MustCompile(`^python(3(\.\d+)?t?)?$`)

func isPython(name string, file fs.FileInfo) bool {
	switch {
	case file == nil:
		return managedName.MatchString(name)
	case !file.IsDir():
		return interpreterName.MatchString(filepath.Base(name)) && file.Mode()&0o111 != 0
	}
	found, _ := filepath.Glob(filepath.Join(name, "lib", "python3*", "os.py"))
	venv := filepath.Join(name, "pyvenv.cfg")
	_, err := os.Stat(venv)
	return len(found) > 0 || err == nil
}

func openPython(name string, options Options) Source {
	if m := managedName.FindStringSubmatch(name); m != nil {
		return &pythonSource{managed: m[1], options: options}
	}
	return &pythonSource{path: name, options: options}
}

// Drafts implements Source.
func (s *pythonSource) Drafts(ctx context.Context) ([]store.Draft, error) {
	dist, err := s.dist(ctx)
	if err != nil {
		return nil, err
	}
	d := store.Draft{
		Entry: store.Entry{
			Name: "python", Version: pythonVersion(dist), Kind: store.KindPython, Licence: "PSF-2.0",
			Origin: store.Origin{Kind: "directory", Name: "CPython", Version: dist.Version},
		},
		Sources: map[string]string{},
	}
	if dist.Managed { // the identity is made from the sum of the download
		d.Entry.Origin = store.Origin{Kind: "file", Name: "python-build-standalone", Version: dist.Version, SHA256: store.Hash(dist.Identity)}
	}
	t := &pythonTree{dist: dist, draft: &d}
	if err := t.collect(); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", dist.BasePrefix, err)
	}
	s.options.apply(&d.Entry)
	return []store.Draft{d}, nil
}

func (s *pythonSource) dist(ctx context.Context) (*pydist.Dist, error) {
	if s.managed == "" {
		return pydist.FromInterpreter(ctx, s.path)
	}
	if !config.IsManagedVersion(s.managed) {
		return nil, fmt.Errorf("python@%s: not a version of CPython", s.managed)
	}
	return pydist.Managed(ctx, s.options.Reporter, s.managed)
}

// pythonVersion tells the free-threaded builds apart, which packages do as well.
func pythonVersion(d *pydist.Dist) string {
	if strings.Contains(d.ABIFlags, "t") {
		return d.Version + "t"
	}
	return d.Version
}

// Close implements Source.
func (s *pythonSource) Close() error { return nil }

// pythonTree gathers the files of an installation.
type pythonTree struct {
	dist  *pydist.Dist
	draft *store.Draft
}

// collect takes what CPython installs and leaves the rest of a prefix, which may be
// /usr, where it is. Of a managed one all libraries are its own (Tcl and Tk).
func (t *pythonTree) collect() error {
	name := t.dist.LibDirName()
	t.add("bin/"+name, t.dist.BaseExecutable)
	t.draft.Entry.Files = append(t.draft.Entry.Files, store.File{Path: path.Join(PythonDir, "bin", name), Executable: true})
	for _, alias := range []string{"python3", "python"} {
		t.link("bin/"+alias, name)
	}
	lib := path.Join("lib", name)
	t.add("lib/"+t.dist.SONAME, t.dist.LibPython)
	trees := map[string]string{lib: t.dist.Stdlib, "include/" + name: filepath.Join(t.dist.BasePrefix, "include", name)}
	if t.dist.PlatStdlib != t.dist.Stdlib {
		trees[lib+"/lib-dynload"] = filepath.Join(t.dist.PlatStdlib, "lib-dynload")
	}
	if t.dist.Managed {
		trees["lib"] = filepath.Join(t.dist.BasePrefix, "lib")
	}
	for into, from := range trees {
		if err := t.tree(into, from); err != nil {
			return err
		}
	}
	if t.isDebians() {
		// Where its site module looks, outside of virtual environments.
		t.link("lib/python3/dist-packages", "../"+name+"/site-packages")
	}
	return nil
}

func (t *pythonTree) add(name, source string) {
	t.draft.Sources[path.Join(PythonDir, name)] = source
}

func (t *pythonTree) link(name, target string) {
	t.draft.Entry.Files = append(t.draft.Entry.Files, store.File{Path: path.Join(PythonDir, name), Link: target})
}

// tree adds the files below a directory, if it exists. Links inside of it stay
// links, others become what they lead to.
func (t *pythonTree) tree(into, from string) error {
	from, err := filepath.EvalSymlinks(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := path.Join(into, filepath.ToSlash(rel))
		switch {
		case entry.IsDir() && notOfPython[entry.Name()]:
			return fs.SkipDir
		case entry.Type().IsRegular():
			t.add(target, name)
		case entry.Type() == fs.ModeSymlink:
			return t.symlink(target, name, from)
		}
		return nil
	})
}

// notOfPython are what others put into a standard library, and what Python writes.
var notOfPython = map[string]bool{"site-packages": true, "dist-packages": true, "__pycache__": true}

func (t *pythonTree) symlink(target, name, root string) error {
	aim, err := os.Readlink(name)
	if err != nil {
		return err
	}
	within, err := filepath.Rel(root, filepath.Join(filepath.Dir(name), aim))
	if err == nil && !filepath.IsAbs(aim) && filepath.IsLocal(within) {
		t.link(target, filepath.ToSlash(aim))
		return nil
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		t.add(target, name)
	}
	return nil // a link to nowhere, or to a directory elsewhere
}

// isDebians tells Debian's interpreter, whose site module knows dist-packages only.
func (t *pythonTree) isDebians() bool {
	text, err := os.ReadFile(filepath.Join(t.dist.Stdlib, "site.py"))
	return err == nil && strings.Contains(string(text), "dist-packages")
}

// PythonOf says which directory below python/lib of an entry is the standard
// library: "python3.14", "python3.14t"; "" if the entry is no CPython. It is what
// an environment calls its directory.
func PythonOf(e *store.Entry) string {
	if e.Kind != store.KindPython {
		return ""
	}
	for i := range e.Files {
		rest, found := strings.CutPrefix(e.Files[i].Path, PythonDir+"/lib/")
		if dir, ok := strings.CutSuffix(rest, "/os.py"); found && ok && !strings.Contains(dir, "/") {
			return dir
		}
	}
	return ""
}
